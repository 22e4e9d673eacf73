"""People who come by themselves: what they ask over HTTP, with ids and tokens that they made, and crowds that ask at
once."""

import base64
import concurrent.futures
import json
import secrets
import threading
import unittest

import mqtt
import protobuf
import server
from mqtt import open_client

CROWD = 50


def text_of(data):
    """Base32, as ids, tokens and hashes are written."""
    return base64.b32encode(data).decode().lower().rstrip("=")


def made(size):
    return text_of(secrets.token_bytes(size))


def record_id():
    """The UUIDv7 of a record, as text."""
    return text_of(protobuf.message_id())


def at_once(count, work):
    """What `work(i)` gives for each of so many, all begun at the same moment."""
    gate = threading.Barrier(count)

    def run(number):
        gate.wait(server.LIMIT)
        return work(number)

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


RATES = ("sign_ups", "sign_ins", "checks", "links", "claims", "misses", "writes")


class People(unittest.TestCase):
    settings = {f"rates.{name}": 0 for name in RATES}

    @classmethod
    def setUpClass(cls):
        cls.hub = server.Server(settings=cls.settings)
        cls.addClassCleanup(cls.hub.close)
        cls.number = 0

    def ask(self, method, path, body=None, by=None, headers=()):
        """(status, answer) of what somebody asks."""
        return self.hub.ask(method, path, body, by["token"] if by else None, headers)

    def reason(self, answer):
        """(status, the word of the problem) of an answer."""
        status, problem = answer
        return status, problem["type"].removeprefix("urn:dunlin:problem:")

    def invite(self, uses=1, *more):
        return self.hub.command("invite", "add", "--json", "--uses", str(uses), *more)["code"]

    def request(self, handle=None, code=None):
        type(self).number += 1
        return {
            "invite": code or self.invite(),
            "account": made(16),
            "handle": handle or f"person{self.number}",
            "name": "Somebody",
            "device": made(16),
            "device_name": "phone",
            "token": made(32),
        }

    def person(self, handle=None, code=None):
        """Somebody who has signed up: what they sent."""
        who = self.request(handle, code)
        status, answer = self.ask("POST", "/v1/accounts", who)
        self.assertEqual((status, answer["account"]), (201, who["account"]), answer)
        return who

    def crowd(self, count=CROWD):
        code = self.invite(count)
        return [self.person(code=code) for _ in range(count)]

    def linked(self, who, name="laptop"):
        """Another device of theirs, let in by a code."""
        new = {"device": made(16), "device_name": name, "token": made(32)}
        status, link = self.ask("POST", "/v1/links", new)
        self.assertEqual(status, 201, link)
        claim = {"code": link["code"].lower().replace("-", " ")}
        self.assertEqual(self.ask("POST", "/v1/links/claim", claim, who)[1]["device_name"], name)
        self.assertEqual(self.ask("POST", f"/v1/links/{link['link']}/confirm", None, who)[0], 200)
        standing = self.ask("GET", f"/v1/links/{link['link']}", None, new)[1]
        self.assertEqual((standing["state"], standing["account"]), ("linked", who["account"]))
        return who | new

    def online(self, who, *filters, **more):
        """A client that is connected, and subscribed to these."""
        client = open_client(self.hub)
        self.addCleanup(client.close)
        client.log_in(who, client_id=who["device"], **more)
        if filters:
            client.send(mqtt.subscribe(*filters))
            self.assertTrue(all(code < 0x80 for code in client.expect(mqtt.SUBACK).reasons))
        return client

    def direct(self, who, other):
        body = {"id": record_id(), "kind": "direct", "with": other["account"]}
        return self.ask("POST", "/v1/conversations", body, who)

    def group(self, owner, *members, **more):
        """The id of a new group."""
        body = {"id": record_id(), "kind": "group", "conversation": made(16), "name": "Trip"}
        body |= {"members": [one["account"] for one in members]} | more
        status, answer = self.ask("POST", "/v1/conversations", body, owner)
        self.assertEqual(status, 201, answer)
        return body["conversation"]

    def change(self, group, who, **what):
        return self.ask("POST", f"/v1/conversations/{group}/changes", {"id": record_id()} | what, who)

    def put_picture(self, path, data, who):
        """(status, answer)"""
        lines = [f"PUT {path} HTTP/1.1", "Host: test", "Connection: close", f"Content-Length: {len(data)}"]
        lines += [f"Authorization: Bearer {who['token']}", "Content-Type: image/png", "", ""]
        status, _, text = self.hub.ask_http("\r\n".join(lines).encode() + data)
        return status, json.loads(text)

    def state(self, who):
        return self.ask("GET", "/v1/state", None, who)[1]

    def records(self, conversation, who):
        return self.ask("GET", f"/v1/conversations/{conversation}/records?limit=1000", None, who)[1]["records"]

    def told(self, client, kind, topic="me"):
        """The next record of this kind that a client is given; what comes before it is acknowledged and passed over."""
        while True:
            got = client.expect(mqtt.PUBLISH)
            if got.packet_id:
                client.send(mqtt.acknowledge(mqtt.PUBACK, got.packet_id))
            found = protobuf.record(got.payload)
            if got.topic == topic and found["kind"] == kind:
                return found
