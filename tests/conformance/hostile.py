"""A running server for clients that send what they should not, with what all such tests look at: the answer, that it is
counted by its reason, and that the next one who comes is served."""

import secrets
import unittest

import mqtt
import server
from mqtt import open_client

MALFORMED, PROTOCOL_ERROR, NOT_AUTHORIZED, TOPIC_INVALID = 0x81, 0x82, 0x87, 0x90
ERRORS, REFUSED_CONNECTS = "dunlin_mqtt_protocol_errors_total", "dunlin_connects_refused_total"
REFUSALS = "dunlin_refusals_total"


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hub = server.Server()
        cls.addClassCleanup(cls.hub.close)
        cls.ada, cls.ben, cls.eve = (cls.hub.account(name) for name in ("ada", "ben", "eve"))
        cls.direct = cls.hub.conversation("ada", "ben")
        cls.text = cls.hub.conversation("ada", "ben", more=["--open"])
        alphabet = "abcdefghijklmnopqrstuvwxyz234567"
        cls.unknown = "".join(secrets.choice(alphabet) for _ in range(25)) + "a"

    def counted(self, name, by=1, **labels):
        """What the body of a `with` does is counted so often."""
        return Counted(self, name, by, labels)

    def client(self, version=5):
        one = open_client(self.hub, version)
        self.addCleanup(one.close)
        return one

    def online(self, who=None, version=5, **more):
        one = self.client(version)
        one.log_in(who or self.ada, **more)
        return one

    def tearDown(self):
        """Whatever a test did, the next one who comes is served."""
        writer = open_client(self.hub)
        writer.log_in(self.ben)
        writer.send(mqtt.publish(f"c/{self.text}/text", b"still here"))
        self.assertEqual(writer.expect(mqtt.PUBACK).reason, 0)
        writer.close()

    def assert_cut(self, client, reason):
        """The server says DISCONNECT with this reason (to 5.0) and closes."""
        left = client.end()
        if client.version == 5:
            self.assertEqual([one.kind for one in left], [mqtt.DISCONNECT], left)
            self.assertEqual(left[0].reason, reason)
        else:
            self.assertEqual(left, [])


class Counted:
    def __init__(self, case, name, by, labels):
        self.case, self.name, self.by, self.labels = case, name, by, labels

    def __enter__(self):
        self.before = self.case.hub.count(self.name, **self.labels)

    def __exit__(self, kind, *_):
        if kind is None:
            grown = self.case.hub.count(self.name, **self.labels) - self.before
            self.case.assertEqual(grown, self.by, f"{self.name} {self.labels}")
