"""A client written from docs/protocol.md alone. Each test that walks the page has two people and a direct conversation;
here is what they do and wait for."""

import json
import unittest

import mqtt
import protobuf
import server
from mqtt import Client
from protobuf import fields, record

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
        # An inbox learns of a conversation a moment after it was made: who connects before is told of it as of news.
        for who in (self.ada, self.ben):
            server.wait_until(lambda who=who: self.knows(who), "the conversation to be in the inboxes")

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
        return self.knows(who)["cursor"]

    def knows(self, who):
        """What the state of an account says of the conversation; None if it is not in there."""
        state = json.loads(self.hub.get("/v1/state", who["token"])[2])
        return next((one for one in state["conversations"] if one["id"] == self.direct), None)
