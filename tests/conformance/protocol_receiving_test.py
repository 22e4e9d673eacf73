"""docs/protocol.md, walked by who receives, catches up, and says what he has. Each test is a promise that the page
makes."""

import json
import re

import mqtt
import protobuf
import server
from protobuf import fields, message_id, record
from walk import CAUGHT_UP, TOO_LARGE, Walk


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
        self.assertEqual(set(state), {"data_id", "account", "device", "at", "profile", "settings", "conversations"})
        listed = {"id", "kind", "open", "name", "join_seq", "head", "cursor", "read", "others_delivered", "others_read"}
        listed |= {"picture", "role", "member_count", "with", "last", "settings"}
        one = state["conversations"][0]
        self.assertEqual(set(one), listed)
        self.assertEqual((one["picture"], one["role"], one["member_count"]), (None, "member", 2))
        self.assertEqual(one["with"], self.ben["account"])
        self.assertEqual(one["last"]["seq"], one["head"])
        path = f"/v1/conversations/{self.direct}/records"
        answer = json.loads(self.hub.get(path, self.ada["token"])[2])
        self.assertEqual(set(answer), {"conversation", "head", "records"})
        self.assertEqual(set(answer["records"][-1]), {"seq", "ts", "account", "device", "id", "kind", "body"})
        self.assertEqual(answer["records"][-1], one["last"])
        status, headers, body = self.hub.get(path, self.ada["token"], "application/x-protobuf")
        self.assertEqual((status, headers["content-type"]), (200, "application/x-protobuf"))
        self.assertEqual(record(fields(body)[1])["body"], b"hello")
        self.assertEqual(fields(body)[2], answer["head"])

    def test_the_members_are_listed_for_members(self):
        path = f"/v1/conversations/{self.direct}/members"
        members = json.loads(self.hub.get(path, self.ada["token"])[2])["members"]
        expected = [{"account": who["account"], "role": "member", "join_seq": 1} for who in (self.ada, self.ben)]
        self.assertEqual(sorted(members, key=str), sorted(expected, key=str))
        self.assertEqual(self.hub.get(path, self.hub.account("stranger")["token"])[0], 404)
