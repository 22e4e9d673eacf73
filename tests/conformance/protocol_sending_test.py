"""docs/protocol.md, its schemas, and walked by who connects and sends. Each test is a promise that the page makes."""

import pathlib
import re
import unittest

import mqtt
import protobuf
import server
from mqtt import open_client
from protobuf import message_id
from walk import HELLO, REFUSED, Walk
from websocket import WebSocket


def schemas(text):
    """What each message and enum of a piece of proto says, without comments and layout."""
    text = re.sub(r"//[^\n]*", "", text)
    found = re.findall(r"\b(message|enum)\s+(\w+)\s*\{((?:[^{}]|\{[^{}]*\})*)\}", text)
    return {name: " ".join(body.split()) for _, name, body in found}


class ThePage(unittest.TestCase):
    def test_it_has_the_schemas_as_the_file_has_them(self):
        root = pathlib.Path(__file__).parents[2]
        page = (root / "docs/protocol.md").read_text()
        blocks = re.findall(r"```proto\n(.*?)```", page, re.DOTALL)
        self.assertEqual(len(blocks), 2)
        for block, file, least in zip(blocks, ("dunlin.proto", "content.proto"), (15, 3)):
            there = schemas((root / "proto/dunlin/v1" / file).read_text())
            self.assertGreater(len(there), least)
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
