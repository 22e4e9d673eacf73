"""L3 on the real program: on a full disk messages are refused with a clear reason, reads go on, and it recovers by
itself once there is room."""

import itertools
import json
import unittest

import mqtt
import protobuf
import server
from mqtt import open_client

HEAP = {"log.keep_free": "1 MiB"}


class DiskFull(unittest.TestCase):
    def setUp(self):
        built = server.pathlib.Path(server.program).parent / "tests/crash/disk/libcrash_full.so"
        # Until it is given up, the directory of the first server is also where the switch lies.
        self.scratch = server.tempfile.TemporaryDirectory(prefix="dunlin-full-")
        self.addCleanup(self.scratch.cleanup)
        self.switch = server.pathlib.Path(self.scratch.name) / "full"
        self.environment = {
            "LD_PRELOAD": str(built),
            "DUNLIN_FULL_BELOW": self.scratch.name + "/data",
            "DUNLIN_FULL_WHILE": str(self.switch),
        }
        self.start()
        self.ada, self.ben = self.hub.account("ada"), self.hub.account("ben")
        self.text = self.hub.conversation("ada", "ben", more=["--open"])
        self.writer = self.log_in()
        self.said = 0

    def start(self):
        self.hub = server.Server(self.scratch.name, HEAP, self.environment)
        self.addCleanup(self.hub.close)

    def log_in(self):
        client = open_client(self.hub)
        self.addCleanup(client.close)
        client.log_in(self.ada)
        return client

    def say(self, size=200_000):
        """The reason that one more message is refused for, or None if it is on disk."""
        body = f"{self.said + 1:08}".encode() + b"x" * size
        self.writer.send(mqtt.publish(f"c/{self.text}/text", body))
        answer = self.writer.expect(mqtt.PUBACK)
        self.said += 0 if answer.reason else 1
        return answer.properties.get("reason_string") if answer.reason else None

    def say_until(self, reason):
        """Says more until that is the answer; `busy` is what comes while the store still tries."""
        for _ in range(2000):
            got = self.say()
            if got == reason:
                return
            self.assertIn(got, (None, "busy", "no_space"))
        self.fail(f"2,000 messages and never {reason}")

    def fill(self, how="none"):
        """No room at all, or `low`: less than log.keep_free, which is when a server calls its disk full."""
        self.switch.write_text(how)
        self.say_until("no_space")
        server.wait_until(lambda: self.hub.count("dunlin_disk_full") == 1, "the metric to say it")

    def numbers(self):
        """The numbers of all messages in the conversation, as range reads give them."""
        out, at = [], 1
        while True:
            path = f"/v1/conversations/{self.text}/records?from={at}&limit=50"
            status, _, body = self.hub.get(path, self.ada["token"], "application/x-protobuf")
            self.assertEqual(status, 200)
            records = self.records(body)
            if not records:
                return out
            out += [int(one["body"][:8]) for one in records if one["kind"] == 1]
            at = records[-1]["seq"] + 1

    @staticmethod
    def records(body):
        out = []
        while body:
            fields = mqtt.Fields(body)
            tag = fields.number()
            if tag == 10:
                out.append(protobuf.record(fields.take(fields.number())))
            else:
                fields.number()
            body = fields.data
        return out

    def test_L3_messages_are_refused_reads_go_on_and_it_recovers_by_itself(self):
        self.assertIsNone(self.say())
        self.fill()
        self.assertEqual(self.say(), "no_space")
        self.assertGreater(self.hub.count("dunlin_refusals_total", reason="no_space"), 0)
        self.assertEqual(json.loads(self.hub.get("/readyz")[2]), {"status": "degraded", "reason": "no_space"})
        self.assertEqual(self.hub.get("/readyz")[0], 200)
        self.assertEqual(self.numbers(), list(range(1, self.said + 1)))
        # A reader gets what it missed, and its receipts and cursors are kept: that is what the reserve is for.
        reader = open_client(self.hub)
        self.addCleanup(reader.close)
        reader.log_in(self.ben, client_id=self.ben["device"])
        reader.send(mqtt.subscribe("c/+/text"))
        for _ in range(self.said):
            got = reader.expect(mqtt.PUBLISH)
            reader.send(mqtt.acknowledge(mqtt.PUBACK, got.packet_id))
        reader.send(mqtt.publish(f"c/{self.text}/receipt", protobuf.receipt(read=2)))
        self.assertEqual(reader.expect(mqtt.PUBACK).reason, 0)

        self.switch.unlink()
        server.wait_until(lambda: self.say() is None, "a message to be taken again")
        server.wait_until(lambda: self.hub.count("dunlin_disk_full") == 0, "the metric to say it")
        self.assertEqual(json.loads(self.hub.get("/readyz")[2]), {"status": "ready"})
        self.assertEqual(self.numbers(), list(range(1, self.said + 1)))
        log = self.hub.log()
        self.assertIn("the disk is full", log)
        self.assertIn("there is room on the disk again", log)

    def wait_prepared(self):
        """The log has a segment in reserve, as it has a moment after a start."""
        size = 16 << 20
        prepared = "dunlin_log_prepared_bytes_total"
        server.wait_until(lambda: self.hub.count(prepared) >= 2 * size, "segments to be prepared")

    def test_L3_killed_while_full_it_starts_and_has_everything(self):
        self.wait_prepared()
        self.fill("low")
        self.hub.kill()
        self.start()
        self.writer = self.log_in()
        self.assertEqual(self.numbers(), list(range(1, self.said + 1)))
        self.switch.unlink()
        server.wait_until(lambda: self.say() is None, "a message to be taken again")
        self.assertEqual(self.numbers(), list(range(1, self.said + 1)))

    def test_a_start_that_finds_no_room_says_so_and_comes_once_there_is(self):
        other = server.pathlib.Path(self.scratch.name) / "data-of-another"
        other.mkdir()
        self.switch.touch()
        with self.assertRaisesRegex(AssertionError, "is full: make some room"):
            server.Server(other, HEAP, self.environment)
        self.switch.unlink()
        again = server.Server(other, HEAP, self.environment)
        self.addCleanup(again.close)

    def test_an_account_that_finds_no_room_is_refused_with_the_reason(self):
        self.switch.touch()
        refused = None
        for number in range(2000):
            ended = self.hub.run("account", "add", f"thing{number}")
            if ended.returncode != 0:
                refused = ended
                break
        self.assertIsNotNone(refused)
        self.assertIn(refused.returncode, (1, 6))
        self.assertIn("disk is full", refused.stderr)
        self.switch.unlink()
        # A handle that was saved is taken, so each try has its own.
        tries = itertools.count()
        server.wait_until(
            lambda: self.hub.run("account", "add", f"after{next(tries)}").returncode == 0, "an account to be made"
        )

    def test_it_stops_in_time_while_the_disk_is_full(self):
        self.fill()
        code, seconds = self.hub.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 5)
