"""docs/protocol.md, walked by who wants to know whether somebody is there. Each test is a promise that the page makes,
over TCP and over WebSocket."""

import mqtt
from protobuf import field, fields
from walk import REFUSED, Walk
from websocket import WebSocket

ONLINE, LAST_SEEN = 1, 2  # fields of Presence
MINUTE = 60_000


class Presence(Walk):
    def ask(self, client, *accounts):
        client.send(mqtt.subscribe(*(f"presence/{one}" for one in accounts), version=client.version))
        return client.expect(mqtt.SUBACK).reasons

    def told(self, client, who):
        got = self.message(client, f"presence/{who['account']}")
        self.assertEqual((got.qos, got.flags & 1), (0, 0))
        return fields(got.payload)

    def test_the_current_one_comes_with_the_subscribe_and_then_each_change(self):
        for version in (5, 4):
            reader = self.client(self.ada, version=version, filters=("me/now",))
            self.assertEqual(self.ask(reader, self.ben["account"]), [0])
            before = self.told(reader, self.ben)
            self.assertNotIn(ONLINE, before)
            other = self.client(self.ben, version=version)
            self.assertEqual(self.told(reader, self.ben), {ONLINE: 1})
            other.close()
            left = self.told(reader, self.ben)
            self.assertEqual((left.get(ONLINE), left[LAST_SEEN] % MINUTE), (None, 0))
            reader.close()

    def test_who_goes_to_the_background_is_not_there_any_more(self):
        other = self.client(self.ben)
        other.send(mqtt.publish("me/state", b"active"))
        self.assertEqual(other.expect(mqtt.PUBACK).reason, 0)
        reader = self.client(self.ada, filters=("me/now",))
        self.ask(reader, self.ben["account"])
        self.assertEqual(self.told(reader, self.ben), {ONLINE: 1})
        other.send(mqtt.publish("me/state", b"background"))
        self.assertNotIn(ONLINE, self.told(reader, self.ben))
        other.send(mqtt.publish("me/state", b"active", qos=0))
        self.assertEqual(self.told(reader, self.ben), {ONLINE: 1})

    def test_a_stranger_and_nobody_look_the_same(self):
        stranger = self.hub.account(f"eve{self.people}")
        for version, no in ((5, 0x87), (4, 0x80)):
            reader = self.client(self.ada, version=version)
            self.assertEqual(self.ask(reader, stranger["account"], "b" * 25 + "a"), [no, no])
            reader.close()

    def test_it_ends_with_the_last_shared_conversation(self):
        names = [f"{name}{self.people}" for name in ("ada", "eve")]
        eve = self.hub.account(names[1])
        group = self.hub.conversation(*names, more=["--name", "trip"])
        self.client(eve)
        reader = self.client(self.ada)
        self.assertEqual(self.ask(reader, eve["account"]), [0])
        while not self.told(reader, eve).get(ONLINE):
            pass
        self.hub.command("conversation", "members", "remove", group, "--members", names[1])
        self.assertEqual(self.told(reader, eve), {})
        self.assertEqual(self.ask(reader, eve["account"]), [0x87])

    def test_another_state_than_the_two_is_malformed(self):
        client = self.client(self.ada)
        for state in (b"", b"Active", b"away"):
            client.send(mqtt.publish("me/state", state))
            answer = client.expect(mqtt.PUBACK)
            self.assertEqual((answer.reason, answer.properties["reason_string"]), (0x99, "malformed"))
        client.send(mqtt.publish("me/state", b"away", qos=0))
        self.assertEqual(self.now(client, REFUSED)[3], b"malformed")

    def test_more_live_messages_than_32_a_second_are_dropped(self):
        reader, writer = self.client(self.ben), self.client(self.ada)
        dropped = self.hub.count("dunlin_live_dropped_total")
        topic = f"c/{self.direct}/live"
        writer.send(*(mqtt.publish(topic, field(3, b"%d" % number), packet_id=number + 1) for number in range(200)))
        answers = [writer.expect(mqtt.PUBACK).reason for _ in range(200)]
        self.assertEqual(set(answers), {0, 0x97})
        self.assertEqual(self.hub.count("dunlin_live_dropped_total") - dropped, answers.count(0x97))
        for _ in range(answers.count(0)):
            self.message(reader, topic)

    def test_typing_reaches_the_others_and_the_other_devices_of_who_types(self):
        typing = b"\x0a\x00"  # what clients say to each other: the server does not look into it
        topic = f"c/{self.direct}/live"
        writer, reader = self.client(self.ada), self.client(self.ben)
        other = self.client(self.ada | self.hub.command("device", "add", f"ada{self.people}"))
        writer.send(mqtt.publish(topic, field(3, typing), qos=0))
        for one in (reader, other):
            got = self.message(one, topic)
            self.assertEqual((got.qos, got.flags & 1), (0, 0))
            self.assertEqual(fields(got.payload)[3], typing)
            self.assertEqual(len(fields(got.payload)[1]), 16)


class OverWebSocket(Presence):
    def client(self, *who, **how):
        return super().client(*who, wire=WebSocket(self.hub), **how)
