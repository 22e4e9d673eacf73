"""Bad input from who is connected: packets, topics, payloads and filters get the protocol's own error, are counted by
their reason, and cost the server nothing that stays."""

import mqtt
import protobuf
from hostile import ERRORS, MALFORMED, NOT_AUTHORIZED, PROTOCOL_ERROR, REFUSALS, TOPIC_INVALID, Hostile
from mqtt import Client, packet
from websocket import WebSocket


class Connected(Hostile):
    def assert_ends(self, data, reason, name):
        for version in (5, 4):
            with self.counted(ERRORS, reason=name):
                client = self.online(version=version)
                client.send(data)
                self.assert_cut(client, reason)

    def test_a_second_connect_is_a_protocol_error(self):
        self.assert_ends(mqtt.connect("x", "ada", self.ada["token"]), PROTOCOL_ERROR, "protocol_error")

    def test_packets_that_only_a_server_sends_are_protocol_errors(self):
        for kind in (mqtt.CONNACK, mqtt.SUBACK, mqtt.UNSUBACK, mqtt.PINGRESP):
            self.assert_ends(packet(kind, b"\0\1\0"), PROTOCOL_ERROR, "protocol_error")

    def test_malformed_packets_end_the_connection(self):
        for data in (
            b"\x00\x00",
            packet(mqtt.SUBSCRIBE, b"\0\1", 0),  # flags of SUBSCRIBE are 2
            packet(mqtt.PUBLISH, b"\0\3a", 2),  # a topic cut short
            packet(mqtt.PUBLISH, b"\0\1a\0\1", 6),  # QoS 3
            packet(mqtt.PUBLISH, b"\xff\xff" + b"a" * 100, 2),  # a length beyond the packet
            packet(mqtt.PINGREQ, b"x"),
            packet(mqtt.PUBACK, b"\0"),
            b"\x30\xff\xff\xff\xff\x7f",
        ):
            self.assert_ends(data, MALFORMED, "malformed_packet")

    def test_a_packet_above_the_limit_is_refused_by_its_header(self):
        self.assert_ends(b"\x32\xff\xff\xff\x7f", 0x95, "packet_too_large")

    def test_properties_out_of_range_twice_or_unknown_are_refused(self):
        with self.counted(ERRORS, reason="malformed_packet", by=2):
            for body in (b"\x02\x7f\x00", b"\x7f\x01"):  # unknown; longer than the packet
                client = self.online()
                client.send(packet(mqtt.PUBLISH, mqtt.text("me/state") + body, 0))
                self.assert_cut(client, MALFORMED)
        with self.counted(ERRORS, reason="protocol_error"):
            client = self.online()
            twice = b"\x02\0\0\0\1\x02\0\0\0\1"
            client.send(packet(mqtt.PUBLISH, mqtt.text("me/state") + bytes([len(twice)]) + twice, 0))
            self.assert_cut(client, PROTOCOL_ERROR)

    def test_thousands_of_user_properties_are_refused(self):
        client = self.online()
        client.send(mqtt.publish("me/state", user=[("name", "value")] * 5000))
        left = client.end()
        self.assertEqual([one.kind for one in left], [mqtt.DISCONNECT])
        self.assertIn(left[0].reason, (MALFORMED, PROTOCOL_ERROR, 0x95, 0x97))

    def test_broken_text_is_malformed(self):
        for name in (b"me/\xc0\xaf", b"me/\xed\xa0\x80", b"me/\0"):
            with self.counted(ERRORS, reason="malformed_packet"):
                client = self.online()
                client.send(packet(mqtt.PUBLISH, mqtt.binary(name) + b"\0", 0))
                self.assert_cut(client, MALFORMED)

    def test_empty_wildcard_and_deep_topics_end_the_connection(self):
        for name, reason, label in (
            ("", PROTOCOL_ERROR, "protocol_error"),
            ("c/+/text", TOPIC_INVALID, "topic_name_invalid"),
            ("c/#", TOPIC_INVALID, "topic_name_invalid"),
            ("a/" * 3000 + "b", TOPIC_INVALID, "topic_name_invalid"),
            ("a" * 60000, TOPIC_INVALID, "topic_name_invalid"),
        ):
            with self.counted(ERRORS, reason=label):
                client = self.online()
                client.send(mqtt.publish(name, b"x"))
                self.assert_cut(client, reason)

    def test_a_filter_too_deep_ends_the_connection(self):
        with self.counted(ERRORS, reason="topic_filter_invalid"):
            client = self.online()
            client.send(mqtt.subscribe("+/" * 10000 + "#"))
            self.assert_cut(client, 0x8F)

    def test_retain_and_aliases_that_were_not_offered_end_the_connection(self):
        for data, reason, label in (
            (mqtt.publish("me/state", retain=True), 0x9A, "retain_not_supported"),
            (mqtt.publish("me/state", topic_alias=0), 0x94, "topic_alias_invalid"),
            (mqtt.publish("me/state", topic_alias=65535), 0x94, "topic_alias_invalid"),
        ):
            with self.counted(ERRORS, reason=label):
                client = self.online()
                client.send(data)
                self.assert_cut(client, reason)

    def test_half_open_qos_2_is_bounded(self):
        with self.counted(ERRORS, reason="receive_maximum_exceeded"):
            client = self.online()
            for number in range(1, 66):  # Receive Maximum is 64
                client.send(mqtt.publish("me/state", b"active", qos=2, packet_id=number))
            left = client.end()
        self.assertEqual({one.kind for one in left[:-1]}, {mqtt.PUBREC})
        self.assertEqual((left[-1].kind, left[-1].reason), (mqtt.DISCONNECT, 0x93))

    def test_acknowledgements_of_nothing_are_counted_and_harmless(self):
        with self.counted(ERRORS, reason="packet_id_not_found", by=4):
            client = self.online()
            for kind in (mqtt.PUBACK, mqtt.PUBREC, mqtt.PUBREL, mqtt.PUBCOMP):
                client.send(mqtt.acknowledge(kind, 77))
            client.send(packet(mqtt.PINGREQ))
            client.expect(mqtt.PINGRESP)


class Topics(Hostile):
    def refused(self, topic, payload, version=5):
        """(code, reason) of a refused PUBLISH; the connection goes on."""
        client = self.online(version=version)
        if version == 5:
            client.send(mqtt.publish(topic, payload))
            got = client.expect(mqtt.PUBACK)
            out = got.reason, got.properties.get("reason_string")
        else:
            client.send(mqtt.subscribe("me/now", version=4))
            client.expect(mqtt.SUBACK)
            client.send(mqtt.publish(topic, payload, version=4))
            out = self.refusal_before_the_puback(client)
        client.send(packet(mqtt.PINGREQ))
        client.expect(mqtt.PINGRESP)
        client.close()
        return out

    def refusal_before_the_puback(self, client):
        """M4: the reason in Now.refused, which comes before the PUBACK."""
        reason = None
        while (got := client.receive()).kind != mqtt.PUBACK:
            now = protobuf.fields(got.payload) if got.kind == mqtt.PUBLISH else {}
            if 2 in now:
                reason = protobuf.fields(now[2])[3].decode()
        return 0, reason

    def test_M3_topics_that_are_not_offered_are_refused(self):
        for topic in (
            "$SYS/broker",
            "$share/g/c/x",
            "somewhere/else",
            "me",
            "me/now",
            f"c/{self.direct}",
            "c",
            "c/",
            "/",
        ):
            with self.counted(REFUSALS, reason="forbidden"):
                self.assertEqual(self.refused(topic, b"x"), (NOT_AUTHORIZED, "forbidden"), topic)

    def test_wrong_protobuf_is_malformed(self):
        good = protobuf.send(b"hello")
        short = protobuf.field(1, b"short") + protobuf.field(7, b"x")
        for payload in (b"", b"\xff" * 20, good[:-2], b"\x0a\xff\xff\xff\xff\x0f", short, protobuf.field(7, b"no id")):
            with self.counted(REFUSALS, reason="malformed"):
                self.assertEqual(self.refused(f"c/{self.direct}/send", payload), (0x99, "malformed"), payload)
        with self.counted(REFUSALS, reason="malformed"):
            self.assertEqual(self.refused(f"c/{self.direct}/send", b"\xff" * 20, version=4), (0, "malformed"))
        with self.counted(REFUSALS, reason="malformed"):
            self.assertEqual(self.refused(f"c/{self.direct}/receipt", b"\xff\xff"), (0x99, "malformed"))

    def test_an_id_that_is_no_uuid_v7_and_an_unknown_urgency_are_malformed(self):
        for payload in (protobuf.send(b"x", id=b"\0" * 16), protobuf.send(b"x", urgency=3)):
            self.assertEqual(self.refused(f"c/{self.direct}/send", payload), (0x99, "malformed"))

    def test_a_body_over_256_KiB_is_refused_and_one_of_256_KiB_is_not(self):
        for name, limit in ((f"c/{self.direct}/send", 256 * 1024), (f"c/{self.text}/text", 256 * 1024)):
            make = protobuf.send if name.endswith("send") else bytes
            with self.counted(REFUSALS, reason="too_large"):
                self.assertEqual(self.refused(name, make(b"x" * (limit + 1))), (0x97, "too_large"))
            client = self.online()
            client.send(mqtt.publish(name, make(b"x" * limit)))
            self.assertEqual(client.expect(mqtt.PUBACK).reason, 0)

    def test_fields_that_are_not_offered_yet_and_kinds_of_the_server_are_refused(self):
        for field in ({"expires_in": 5}, {"redacts": 1}, {"epoch": 1}):
            got = self.refused(f"c/{self.direct}/send", protobuf.send(b"x", **field))
            self.assertEqual(got, (0x83, "unsupported"))
        self.assertEqual(
            self.refused(f"c/{self.direct}/send", protobuf.send(b"x", kind=64)), (NOT_AUTHORIZED, "forbidden")
        )

    def test_unknown_and_foreign_conversations_differ_in_no_byte(self):
        stranger = self.online(self.hub.account("frank"), client_id="same")
        seen = {}
        for conversation in (self.direct, self.text, self.unknown):
            seen[conversation] = self.look(stranger, conversation)
        self.assertEqual(seen[self.direct], seen[self.unknown])
        self.assertEqual(seen[self.text], seen[self.unknown])

    def look(self, client, conversation):
        """All that somebody who is no member can see of a conversation, the conversation's own id taken out."""
        client.send(mqtt.subscribe(*(f"c/{conversation}{part}" for part in ("", "/text", "/live", "/receipt"))))
        out = [client.expect(mqtt.SUBACK).raw]
        for topic, payload in (
            ("send", protobuf.send(b"x", id=b"\x01\x90" + b"\0" * 4 + b"\x70\0\x80" + b"\1" * 7)),
            ("text", b"x"),
            ("receipt", protobuf.receipt(read=1)),
            ("receipt", protobuf.receipt(have_through=1)),
            ("live", protobuf.field(3, b"x")),
        ):
            client.send(mqtt.publish(f"c/{conversation}/{topic}", payload))
            out.append(client.expect(mqtt.PUBACK).raw)
        return out

    def test_M3_filters_that_are_not_offered_are_refused_one_by_one(self):
        for version, no, share in ((5, NOT_AUTHORIZED, 0x8F), (4, 0x80, 0x80)):
            client = self.online(version=version)
            filters = ["#", "c/#", "+/+", "$SYS/#", "me/#", "presence/+", "c/+/send", "$share/g/c/+", "c/+"]
            with self.counted("dunlin_filters_refused_total", by=8):
                client.send(mqtt.subscribe(*filters, version=version))
                self.assertEqual(client.expect(mqtt.SUBACK).reasons, [no] * 7 + [share, 1])


class OverWebSocket(Hostile):
    def test_the_same_errors_come_in_frames_and_then_a_close(self):
        with self.counted(ERRORS, reason="protocol_error"):
            wire = WebSocket(self.hub)
            self.addCleanup(wire.close)
            client = Client(wire)
            client.log_in(self.ada)
            client.send(packet(mqtt.PINGRESP))
            self.assert_cut(client, PROTOCOL_ERROR)
        self.assertEqual(wire.close_code, 1000)
