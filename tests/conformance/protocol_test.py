"""docs/protocol.md, walked: a client written from that page alone against a running server. Each test is a promise that
the page makes."""

import json
import pathlib
import re
import unittest

import mqtt
import protobuf
import server
from mqtt import Client, open_client
from protobuf import fields, message_id, record
from websocket import WebSocket

FILTERS = ("me", "me/now", "c/+", "c/+/receipt", "c/+/live")
CAUGHT_UP, REFUSED, TOO_LARGE, HELLO = 1, 2, 3, 6  # fields of Now


class Walk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hub = server.Server()
        cls.addClassCleanup(cls.hub.close)
        cls.people = 0

    def setUp(self):
        type(self).people += 1
        number = type(self).people
        self.ada, self.ben = (self.hub.account(f"{name}{number}") for name in ("ada", "ben"))
        self.direct = self.hub.conversation(f"ada{number}", f"ben{number}")

    def client(self, who, version=5, primary=True, wire=None, filters=FILTERS, subscribed=True, **more):
        one = Client(wire or self.hub.connect(), version)
        self.addCleanup(one.close)
        one.connack = one.log_in(who, client_id=who["device"] if primary else "", clean=primary is False, **more)
        if subscribed:
            one.send(mqtt.subscribe(*filters, version=version))
            self.assertTrue(all(code < 0x80 for code in one.expect(mqtt.SUBACK).reasons))
        return one

    def send(self, client, body, topic=None, qos=1, **how):
        client.send(mqtt.publish(topic or f"c/{self.direct}/send", protobuf.send(body, **how), qos, 9, client.version))
        return client.expect(mqtt.PUBACK if qos == 1 else mqtt.PUBREC)

    def message(self, client, topic, acknowledged=True):
        """The next PUBLISH on a topic; what comes on the way is acknowledged."""
        while True:
            got = client.expect(mqtt.PUBLISH)
            if got.packet_id and (acknowledged or got.topic != topic):
                client.send(mqtt.acknowledge(mqtt.PUBACK, got.packet_id))
            if got.topic == topic:
                return got

    def said(self, client, acknowledged=True):
        """The next record that a person sent, and its packet."""
        while True:
            got = self.message(client, f"c/{self.direct}", acknowledged)
            one = record(got.payload)
            if one["kind"] < 64:
                return one, got
            if not acknowledged:
                client.send(mqtt.acknowledge(mqtt.PUBACK, got.packet_id))

    def now(self, client, what):
        while True:
            found = fields(self.message(client, "me/now").payload)
            if what in found:
                return fields(found[what])

    def cursor(self, who):
        state = json.loads(self.hub.get("/v1/state", who["token"])[2])
        return next(one for one in state["conversations"] if one["id"] == self.direct)["cursor"]


def schemas(text):
    """What each message and enum of a piece of proto says, without comments and layout."""
    text = re.sub(r"//[^\n]*", "", text)
    found = re.findall(r"\b(message|enum)\s+(\w+)\s*\{((?:[^{}]|\{[^{}]*\})*)\}", text)
    return {name: " ".join(body.split()) for _, name, body in found}


class ThePage(unittest.TestCase):
    def test_it_has_the_schemas_as_the_file_has_them(self):
        root = pathlib.Path(__file__).parents[2]
        page = (root / "docs/protocol.md").read_text()
        block = re.search(r"```proto\n(.*?)```", page, re.DOTALL)[1]
        there = schemas((root / "proto/dunlin/v1/dunlin.proto").read_text())
        self.assertGreater(len(there), 15)
        self.assertEqual(schemas(block), there)


class Connecting(Walk):
    def test_connack_says_what_the_page_lists(self):
        client = self.client(self.ada)
        props = client.connack.properties
        self.assertEqual(props["user"]["dunlin"], "1")
        self.assertRegex(props["user"]["data-id"], "^[a-z2-7]{26}$")
        self.assertTrue(props["user"]["server-time"].isdigit())
        self.assertEqual((props["receive_maximum"], props["maximum_packet_size"]), (64, 320 * 1024))
        self.assertEqual((props["retain_available"], props["shared"]), (0, 0))

    def test_a_3_1_1_client_finds_the_same_in_hello(self):
        hello = self.now(self.client(self.ada, version=4), HELLO)
        self.assertEqual(hello[1], 1)
        self.assertEqual(len(hello[2]), 16)
        self.assertGreater(hello[3], 1_700_000_000_000)

    def test_an_account_is_named_by_handle_or_id(self):
        for user in (self.ada["handle"], self.ada["account"]):
            client = open_client(self.hub)
            client.log_in(self.ada | {"handle": user})
            client.close()

    def test_the_same_client_id_takes_the_session_over(self):
        first = self.client(self.ada)
        self.client(self.ada)
        left = first.end()
        self.assertEqual((left[-1].kind, left[-1].reason), (mqtt.DISCONNECT, 0x8E))

    def test_an_empty_client_id_gets_one_and_is_a_secondary_connection(self):
        client = self.client(self.ada, primary=False)
        self.assertTrue(client.connack.properties["assigned_client_id"])
        self.assertEqual(client.connack.session_present, 0)

    def test_a_session_goes_on_and_one_that_ended_does_not(self):
        self.client(self.ada, session_expiry=100).close()
        server.wait_until(lambda: self.hub.count("dunlin_sessions_kept") > 0, "the session to be kept")
        again = self.client(self.ada, subscribed=False, session_expiry=0)
        self.assertEqual(again.connack.session_present, 1)
        again.send(mqtt.packet(mqtt.DISCONNECT))
        again.end()
        self.assertEqual(self.client(self.ada, subscribed=False).connack.session_present, 0)

    def test_a_session_that_expired_is_never_resumed(self):
        client = self.client(self.ada, session_expiry=1)
        kept = self.hub.count("dunlin_sessions_kept")
        client.close()
        server.wait_until(lambda: self.hub.count("dunlin_sessions_kept") > kept, "the session to be kept")
        server.wait_until(lambda: self.hub.count("dunlin_sessions_kept") == kept, "the session to expire")
        self.assertEqual(self.client(self.ada, subscribed=False).connack.session_present, 0)

    def test_a_session_lasts_14_days_at_most(self):
        client = self.client(self.ada, session_expiry=0xFFFFFFFF)
        self.assertEqual(client.connack.properties["session_expiry"], 14 * 24 * 3600)

    def test_over_a_websocket_it_is_the_same(self):
        reader = self.client(self.ben, wire=WebSocket(self.hub))
        writer = self.client(self.ada, wire=WebSocket(self.hub))
        self.assertEqual(self.send(writer, b"hello").reason, 0)
        self.assertEqual(self.said(reader)[0]["body"], b"hello")


class Sending(Walk):
    def test_the_verdict_is_in_the_puback_and_a_retry_gets_the_first_one(self):
        client, id = self.client(self.ada), message_id()
        first = self.send(client, b"hello", id=id)
        self.assertEqual(first.reason, 0)
        self.assertRegex(first.properties["user"]["ts"], r"^\d+$")
        again = self.send(client, b"hello", id=id)
        self.assertEqual(again.properties["user"], {"seq": first.properties["user"]["seq"]})

    def test_qos_2_has_the_verdict_in_its_pubrec(self):
        client = self.client(self.ada)
        self.assertIn("seq", self.send(client, b"hello", qos=2).properties["user"])
        client.send(mqtt.acknowledge(mqtt.PUBREL, 9))
        self.assertEqual(client.expect(mqtt.PUBCOMP).reason, 0)

    def test_a_refusal_in_3_1_1_comes_before_its_puback(self):
        client, id = self.client(self.ada, version=4), message_id()
        client.send(mqtt.publish(f"c/{'a' * 26}/send", protobuf.send(b"x", id=id), packet_id=7, version=4))
        refused = self.now(client, REFUSED)
        self.assertEqual((refused[2], refused[3]), (id, b"not_member"))
        self.assertEqual(client.receive().kind, mqtt.PUBACK)

    def test_at_qos_0_there_is_no_answer_but_a_refusal(self):
        client = self.client(self.ada)
        client.send(mqtt.publish(f"c/{self.direct}/send", protobuf.send(b"x", kind=70), qos=0))
        self.assertEqual(self.now(client, REFUSED)[3], b"forbidden")

    def test_below_the_floor_an_id_is_stale_and_the_floor_is_told(self):
        client, old = self.client(self.ada), message_id()
        ids = [message_id() for _ in range(65)]
        for id in ids:
            self.assertEqual(self.send(client, b"x", id=id).reason, 0)
        refused = self.send(client, b"late", id=old)
        self.assertEqual((refused.reason, refused.properties["reason_string"]), (0x83, "stale"))
        self.assertRegex(refused.properties["user"]["floor"], "^[a-z2-7]{26}$")
        # The 64 highest are known still, in whatever order they are asked for.
        self.assertEqual(self.send(client, b"x", id=ids[1]).reason, 0)

    def test_what_comes_after_an_unaccepted_message_waits(self):
        client = self.client(self.ada)
        before = message_id()
        refused = self.send(client, b"second", id=message_id(), after=before)
        self.assertEqual((refused.reason, refused.properties["reason_string"]), (0x83, "waits"))
        self.assertEqual(self.send(client, b"first", id=before).reason, 0)

    def test_text_needs_an_open_conversation(self):
        client = self.client(self.ada)
        client.send(mqtt.publish(f"c/{self.direct}/text", b"hello"))
        refused = client.expect(mqtt.PUBACK)
        self.assertEqual((refused.reason, refused.properties["reason_string"]), (0x87, "not_open"))

    def test_a_text_sent_again_with_its_id_is_not_doubled(self):
        talk = self.hub.conversation(self.ada["handle"], self.ben["handle"], more=["--open", "--name", "talk"])
        client, id = self.client(self.ada), message_id()
        seqs = set()
        for _ in range(2):
            client.send(mqtt.publish(f"c/{talk}/text", "grüß dich".encode(), correlation_data=id))
            seqs.add(client.expect(mqtt.PUBACK).properties["user"]["seq"])
        self.assertEqual(len(seqs), 1)
        client.send(mqtt.publish(f"c/{talk}/text", b"x", correlation_data=b"short"))
        self.assertEqual(client.expect(mqtt.PUBACK).properties["reason_string"], "malformed")
        client.send(mqtt.publish(f"c/{talk}/text", b"\xff"))
        self.assertEqual(client.expect(mqtt.PUBACK).properties["reason_string"], "malformed")

    def test_the_puback_is_the_echo_for_the_devices_session_alone(self):
        primary, secondary = self.client(self.ada), self.client(self.ada, primary=False)
        id = message_id()
        self.send(primary, b"mine", id=id)
        self.assertEqual(self.said(secondary)[0]["id"], id)
        reader = self.client(self.ben)
        self.send(reader, b"yours")
        # What the session gets next is Ben's, not its own.
        self.assertEqual(self.said(primary)[0]["body"], b"yours")

    def test_who_wants_no_user_properties_gets_the_whole_record(self):
        client, id = self.client(self.ada, request_problem_information=0), message_id()
        self.assertEqual(self.send(client, b"mine", id=id).properties, {})
        self.assertEqual(self.said(client)[0]["id"], id)


class Receiving(Walk):
    def test_records_are_as_the_page_says_and_seqs_have_no_gaps(self):
        reader, writer = self.client(self.ben), self.client(self.ada)
        ids = [message_id() for _ in range(20)]
        for number, id in enumerate(ids):
            self.assertEqual(self.send(writer, b"%d" % number, id=id, urgency=1).reason, 0)
        got = [self.said(reader)[0] for _ in ids]
        self.assertEqual([one["seq"] for one in got], list(range(got[0]["seq"], got[0]["seq"] + 20)))
        self.assertEqual([(one["id"], one["body"]) for one in got], [(id, b"%d" % n) for n, id in enumerate(ids)])
        self.assertEqual([one["ts"] for one in got], sorted(one["ts"] for one in got))
        self.assertTrue(all(one["urgency"] == 1 and one["kind"] == 0 for one in got))

    def test_a_new_connection_goes_on_behind_the_cursor_whatever_became_of_the_session(self):
        reader, writer = self.client(self.ben), self.client(self.ada)
        for number in range(3):
            self.send(writer, b"%d" % number)
        first, _ = self.said(reader)
        self.said(reader, acknowledged=False)
        server.wait_until(lambda: self.cursor(self.ben) == first["seq"], "the cursor to move")
        reader.close()
        again = self.client(self.ben)
        self.assertEqual([self.said(again)[0]["body"] for _ in range(2)], [b"1", b"2"])
        self.now(again, CAUGHT_UP)

    def test_a_session_that_goes_on_sends_again_with_dup(self):
        reader, writer = self.client(self.ben, session_expiry=100), self.client(self.ada)
        self.send(writer, b"once")
        _, first = self.said(reader, acknowledged=False)
        kept = self.hub.count("dunlin_sessions_kept")
        reader.close()
        server.wait_until(lambda: self.hub.count("dunlin_sessions_kept") > kept, "the session to be kept")
        again = self.client(self.ben, subscribed=False, session_expiry=100)
        self.assertEqual(again.connack.session_present, 1)
        _, second = self.said(again)
        self.assertEqual((second.packet_id, second.payload), (first.packet_id, first.payload))
        self.assertEqual(second.flags & 8, 8)

    def test_a_qos_0_subscription_moves_no_cursor_and_starts_at_the_head(self):
        writer = self.client(self.ada)
        self.send(writer, b"before")
        reader = self.client(self.ben, subscribed=False)
        reader.send(mqtt.subscribe("c/+", "me/now", qos=0))
        self.assertEqual(reader.expect(mqtt.SUBACK).reasons, [0, 0])
        self.now(reader, CAUGHT_UP)
        self.send(writer, b"after")
        one, got = self.said(reader)
        self.assertEqual((one["body"], got.qos), (b"after", 0))
        self.assertEqual(self.cursor(self.ben), 1)  # where he joined

    def test_what_is_said_after_a_suback_arrives_whatever_kind_of_subscription_it_is(self):
        writer = self.client(self.ada)
        for number in range(60):
            primary, qos = number % 3 == 0, number % 2
            reader = self.client(self.ben, primary=primary, subscribed=False)
            reader.send(mqtt.subscribe("c/+", qos=qos))
            reader.expect(mqtt.SUBACK)
            body = b"%d" % number
            self.assertEqual(self.send(writer, body).reason, 0)
            reader.wire.settimeout(5)
            while self.said(reader)[0]["body"] != body:
                pass
            reader.close()

    def test_a_record_above_the_maximum_packet_size_is_passed_with_a_notice(self):
        reader, writer = self.client(self.ben, maximum_packet_size=2000), self.client(self.ada)
        large = self.send(writer, b"x" * 5000).properties["user"]["seq"]
        self.send(writer, b"small")
        self.assertEqual(self.now(reader, TOO_LARGE)[2], int(large))
        self.assertEqual(self.said(reader)[0]["body"], b"small")

    def test_granted_qos_is_1_at_most_and_overlapping_filters_give_one_copy_with_all_identifiers(self):
        reader = self.client(self.ben, subscribed=False)
        reader.send(mqtt.subscribe("c/+", qos=2, subscription_id=5))
        reader.send(mqtt.subscribe(f"c/{self.direct}", packet_id=2, qos=0, subscription_id=6))
        self.assertEqual([reader.expect(mqtt.SUBACK).reasons for _ in range(2)], [[1], [0]])
        self.send(self.client(self.ada), b"once")
        _, got = self.said(reader)
        self.assertEqual(got.qos, 1)
        self.assertEqual(sorted(re.findall(rb"\x0b([\x05\x06])", got.raw)), [b"\5", b"\6"])

    def test_me_tells_of_a_conversation_before_its_first_record(self):
        reader = self.client(self.ben)
        self.now(reader, CAUGHT_UP)
        group = self.hub.conversation(self.ada["handle"], self.ben["handle"], more=["--name", "Trip"])
        self.send(self.client(self.ada), b"first", topic=f"c/{group}/send")
        topics = []
        while True:
            got = reader.expect(mqtt.PUBLISH)
            if got.packet_id:
                reader.send(mqtt.acknowledge(mqtt.PUBACK, got.packet_id))
            topics.append(got.topic)
            if got.topic == f"c/{group}":
                break
            if got.topic == "me" and record(got.payload)["kind"] == 80:
                added = fields(record(got.payload)["body"])
        self.assertEqual((added[3], added[5]), (1, b"Trip"))
        self.assertIn("me", topics)

    def test_who_was_removed_learns_it_on_me_and_gets_nothing_after(self):
        group = self.hub.conversation(self.ada["handle"], self.ben["handle"], more=["--name", "Short"])
        reader, writer = self.client(self.ben), self.client(self.ada)
        self.hub.command("conversation", "members", "remove", group, "--members", self.ben["handle"])
        while record(self.message(reader, "me").payload)["kind"] != 81:
            pass
        self.send(writer, b"among us", topic=f"c/{group}/send")
        self.send(writer, b"to both")
        got = self.said(reader)[0]
        self.assertEqual(got["body"], b"to both")
        self.assertEqual(self.hub.get(f"/v1/conversations/{group}/records", self.ben["token"])[0], 404)


class CatchingUp(Walk):
    def test_a_client_that_fills_gaps_gets_the_newest_20_and_says_when_it_has_the_rest(self):
        writer = self.client(self.ada)
        for number in range(300):
            writer.send(mqtt.publish(f"c/{self.direct}/send", protobuf.send(b"%d" % number), packet_id=number + 1))
            if number % 50 == 49:
                for _ in range(50):
                    self.assertEqual(writer.expect(mqtt.PUBACK).reason, 0)
        reader = self.client(self.ben, user=[("dunlin", "1")])
        got = [self.said(reader)[0] for _ in range(20)]
        self.assertEqual([one["body"] for one in got], [b"%d" % number for number in range(280, 300)])
        self.now(reader, CAUGHT_UP)
        self.assertLess(self.cursor(self.ben), got[0]["seq"] - 1)
        bodies, at = [], self.cursor(self.ben) + 1
        while at < got[0]["seq"]:
            path = f"/v1/conversations/{self.direct}/records?from={at}&limit=100"
            answer = json.loads(self.hub.get(path, self.ben["token"])[2])
            self.assertEqual(answer["head"], got[-1]["seq"])
            bodies += [one["body"] for one in answer["records"] if one["kind"] == 0 and one["seq"] < got[0]["seq"]]
            at = answer["records"][-1]["seq"] + 1
        self.assertEqual(len(bodies), 280)
        have = protobuf.receipt(have_through=got[0]["seq"] - 1)
        reader.send(mqtt.publish(f"c/{self.direct}/receipt", have, packet_id=3))
        self.assertEqual(reader.expect(mqtt.PUBACK).reason, 0)
        server.wait_until(lambda: self.cursor(self.ben) == got[-1]["seq"], "the cursor to pass the gap")

    def test_any_other_client_gets_all_of_it_in_order(self):
        writer = self.client(self.ada)
        for number in range(250):
            self.send(writer, b"%d" % number)
        reader = self.client(self.ben)
        self.assertEqual([self.said(reader)[0]["body"] for _ in range(250)], [b"%d" % number for number in range(250)])


class ReceiptsAndLive(Walk):
    def receipt(self, client):
        return fields(self.message(client, f"c/{self.direct}/receipt").payload)

    def wait_for(self, client, number, value):
        while self.receipt(client).get(number, 0) < value:
            pass

    def test_delivered_follows_from_acknowledgements_and_read_is_said(self):
        writer, reader = self.client(self.ada), self.client(self.ben)
        seq = int(self.send(writer, b"hello").properties["user"]["seq"])
        self.said(reader)
        self.wait_for(writer, 1, seq)
        reader.send(mqtt.publish(f"c/{self.direct}/receipt", protobuf.receipt(read=seq)))
        self.assertEqual(reader.expect(mqtt.PUBACK).reason, 0)
        self.wait_for(writer, 2, seq)
        state = json.loads(self.hub.get("/v1/state", self.ada["token"])[2])
        mine = next(one for one in state["conversations"] if one["id"] == self.direct)
        self.assertEqual((mine["others_delivered"], mine["others_read"]), (seq, seq))

    def test_another_device_of_the_account_learns_what_was_read(self):
        tablet = self.hub.command("device", "add", self.ben["handle"])
        other = self.client(self.ben | tablet)
        reader = self.client(self.ben)
        seq = int(self.send(self.client(self.ada), b"hello").properties["user"]["seq"])
        self.said(reader)
        reader.send(mqtt.publish(f"c/{self.direct}/receipt", protobuf.receipt(read=seq)))
        self.wait_for(other, 4, seq)

    def test_live_reaches_who_is_online_with_its_sender_filled_in(self):
        reader, writer = self.client(self.ben), self.client(self.ada)
        self.now(reader, CAUGHT_UP)
        forged = protobuf.field(1, b"\1" * 16) + protobuf.field(3, b"typing")
        writer.send(mqtt.publish(f"c/{self.direct}/live", forged, qos=0))
        got = self.message(reader, f"c/{self.direct}/live")
        live = fields(got.payload)
        self.assertEqual((got.qos, live[3], len(live[2])), (0, b"typing", 16))
        self.assertNotEqual(live[1], b"\1" * 16)
        writer.send(mqtt.publish(f"c/{self.direct}/live", protobuf.field(3, b"x" * 4097)))
        self.assertEqual(writer.expect(mqtt.PUBACK).properties["reason_string"], "too_large")


class OverHttp(Walk):
    def test_the_state_and_a_range_have_the_fields_that_the_page_lists(self):
        self.send(self.client(self.ada), b"hello")
        state = json.loads(self.hub.get("/v1/state", self.ada["token"])[2])
        self.assertEqual(set(state), {"data_id", "account", "device", "at", "conversations"})
        listed = {"id", "kind", "open", "name", "join_seq", "head", "cursor", "read", "others_delivered", "others_read"}
        self.assertEqual(set(state["conversations"][0]), listed)
        path = f"/v1/conversations/{self.direct}/records"
        answer = json.loads(self.hub.get(path, self.ada["token"])[2])
        self.assertEqual(set(answer), {"conversation", "head", "records"})
        self.assertEqual(set(answer["records"][-1]), {"seq", "ts", "account", "device", "id", "kind", "body"})
        status, headers, body = self.hub.get(path, self.ada["token"], "application/x-protobuf")
        self.assertEqual((status, headers["content-type"]), (200, "application/x-protobuf"))
        self.assertEqual(record(fields(body)[1])["body"], b"hello")
        self.assertEqual(fields(body)[2], answer["head"])
