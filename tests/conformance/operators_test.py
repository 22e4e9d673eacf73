"""What an operator sees: metrics, logs, status, exit codes, and how the server stops."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import exposition
import mqtt
import protobuf
import server
from mqtt import open_client


class Rig(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.hub = server.Server(settings=self.settings)
        self.addCleanup(self.hub.close)

    def client(self, who, **more):
        one = open_client(self.hub)
        self.addCleanup(one.close)
        one.log_in(who, **more)
        return one


class Metrics(Rig):
    # What the documents promise: family → type.
    PROMISED = {
        "dunlin_log_rounds_total": "counter", "dunlin_log_sync_seconds": "histogram",
        "dunlin_log_message_sync_seconds": "histogram", "dunlin_log_unsealed_bytes": "gauge",
        "dunlin_signals_total": "counter", "dunlin_arms_total": "counter", "dunlin_refusals_total": "counter",
        "dunlin_disk_full": "gauge", "dunlin_store_read_queue": "gauge", "dunlin_accounts_queue": "gauge",
        "dunlin_release_batches": "gauge", "dunlin_states_loading": "gauge", "dunlin_connections": "gauge",
        "dunlin_log_stalls_total": "counter", "dunlin_store_corrupt_total": "counter",
        "dunlin_link_no_credit_total": "counter", "dunlin_log_lines_dropped_total": "counter",
        "dunlin_mqtt_protocol_errors_total": "counter", "dunlin_connects_refused_total": "counter",
        "dunlin_filters_refused_total": "counter", "dunlin_handshakes_timed_out_total": "counter",
        "dunlin_websockets_broken_total": "counter", "dunlin_http_bad_requests_total": "counter",
        "dunlin_http_upgrades_refused_total": "counter", "dunlin_connections_refused_total": "counter",
        "dunlin_build_info": "gauge", "process_resident_memory_bytes": "gauge", "process_open_fds": "gauge",
        "process_max_fds": "gauge", "process_cpu_seconds_total": "counter", "process_start_time_seconds": "gauge",
    }  # fmt: skip

    def families(self):
        status, headers, body = self.hub.get("/metrics")
        self.assertEqual((status, headers["content-type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        return exposition.parse(body.decode())

    def test_they_are_as_prometheus_wants_them(self):
        families = self.families()
        self.assertEqual({name: families[name].type for name in self.PROMISED if name in families}, self.PROMISED)

    def test_they_move_with_what_happens(self):
        ada, ben = self.hub.account("ada"), self.hub.account("ben")
        text = self.hub.conversation("ada", "ben", more=["--open"])
        reader = self.client(ben, client_id=ben["device"])
        reader.send(mqtt.subscribe("c/+/text"))
        reader.expect(mqtt.SUBACK)
        before = self.hub.metrics()
        writer = self.client(ada)
        writer.send(mqtt.publish(f"c/{text}/text", b"hello"))
        writer.expect(mqtt.PUBACK)
        got = reader.expect(mqtt.PUBLISH)
        reader.send(mqtt.acknowledge(mqtt.PUBACK, got.packet_id))
        server.wait_until(lambda: self.hub.count("dunlin_acknowledgements_total") > 0, "the acknowledgement")

        def grown(name):
            old = sum(value for key, value in before.items() if key.partition("{")[0] == name)
            return self.hub.count(name) - old

        for name in ("rounds_total", "sync_seconds_count", "message_sync_seconds_count", "written_bytes_total"):
            self.assertGreater(grown("dunlin_log_" + name), 0, name)
        for name in ("dunlin_entries_accepted_total", "dunlin_signals_total", "dunlin_deliveries_total"):
            self.assertGreater(grown(name), 0, name)
        self.assertGreater(self.hub.count("process_resident_memory_bytes"), 1 << 20)

    def test_the_reader_of_the_format_finds_what_is_wrong(self):
        right = "# HELP dunlin_a_total Help.\n# TYPE dunlin_a_total counter\ndunlin_a_total 1\n"
        exposition.parse(right)
        for before, after in (
            ("dunlin_a_total", "dunlin_a"),
            ("Help.", ""),
            (" counter", " gauge"),
            ("# TYPE dunlin_a_total counter\n", ""),
            ("dunlin_a_total 1\n", "dunlin_b_total 1\n"),
            ("dunlin_a_total 1\n", "dunlin_a_total 1\ndunlin_a_total 2\n"),
            ("dunlin_a_total 1\n", "dunlin_a_total one\n"),
            ("dunlin_a_total", "dunlin_a_ms_total"),
        ):
            with self.assertRaises(exposition.Wrong, msg=after):
                exposition.parse(right.replace(before, after))


class Logs(Rig):
    settings = {"logging.level": "debug"}

    def everything(self):
        """Does what there is to do with secrets, right and wrong; returns what must not be in a log."""
        secrets = []
        ada, ben = self.hub.account("ada"), self.hub.account("ben")
        mint = self.hub.run("device", "mint", "--count", "3", "--prefix", "thing", "--out", "-")
        things = [json.loads(line) for line in mint.stdout.splitlines() if line.startswith("{")]
        more = self.hub.command("device", "add", "ada")
        secrets += [one["token"] for one in (ada, ben, more, *things)]
        self.assertEqual(len(secrets), 6)
        text = self.hub.conversation("ada", "ben", more=["--open", "--name", "whisperedname"])
        writer = self.client(ada)
        writer.send(mqtt.publish(f"c/{text}/text", b"whisperedbody"))
        writer.send(mqtt.publish(f"c/{text}/send", protobuf.send(b"whisperedbody"), packet_id=2))
        writer.send(mqtt.publish(f"c/{text}/send", b"whisperedbody", packet_id=3))
        for _ in range(3):
            writer.expect(mqtt.PUBACK)
        writer.send(b"\x00")
        writer.end()
        wrong = "w" * 52
        for how in ({"name": "ada", "password": wrong}, {"name": "whisperedname", "password": wrong}):
            client = open_client(self.hub)
            client.send(mqtt.connect("x", **how))
            client.end()
        for token in (ada["token"], wrong):
            self.hub.get("/v1/state", token)
            self.hub.get(f"/v1/state?access_token={token}")
        self.hub.command("device", "revoke", more["device"])
        self.hub.stop()
        return [*secrets, wrong, "whisperedbody", "whisperedname"]

    def test_no_secret_and_no_body_is_ever_in_a_line(self):
        secrets = self.everything()
        log = self.hub.log()
        self.assertIn("level=debug", log)
        for secret in secrets:
            self.assertNotIn(secret, log)

    def test_each_line_is_one_event(self):
        self.everything()
        # The welcome on standard output is for people.
        lines = [line for line in self.hub.log().splitlines() if line.startswith("ts=")]
        self.assertGreater(len(lines), 3)
        pair = r'[a-z_]+=(?:"(?:[^"\\]|\\.)*"|[^\s"=]*)'
        for line in lines:
            self.assertRegex(line, rf"^{pair}( {pair})*$")


class JsonLogs(Rig):
    settings = {"logging.format": "json"}

    def test_each_line_is_a_json_object(self):
        self.hub.stop()
        lines = [json.loads(line) for line in self.hub.log().splitlines() if line.startswith("{")]
        events = [line["event"] for line in lines]
        self.assertIn("ready", events)
        self.assertIn("stopped", events)
        self.assertTrue(all({"ts", "level", "event"} <= line.keys() for line in lines))


class Commands(Rig):
    def words(self):
        """Every command that --help leads to."""
        out, left = [], [[]]
        while left:
            words = left.pop()
            ended = subprocess.run([server.program, *words, "--help"], capture_output=True, text=True)
            self.assertEqual((ended.returncode, ended.stderr), (0, ""), words)
            out.append((words, ended.stdout))
            _, _, commands = ended.stdout.partition("Subcommands:\n")
            left += [
                [*words, name] for name in re.findall(r"^  ([a-z]+) ", commands.partition("\n\n")[0], re.MULTILINE)
            ]
        return out

    def test_every_command_explains_itself(self):
        commands = self.words()
        self.assertGreater(len(commands), 10)
        for words, text in commands:
            if "Subcommands:" not in text:
                self.assertIn("Example", text, words)
            self.assertLess(max(map(len, text.splitlines())), 121, words)
        codes = re.findall(r"^  (\d)  ", commands[0][1], re.MULTILINE)
        self.assertEqual(codes, [str(code) for code in range(7)])

    def test_status_says_the_same_to_people_and_programs(self):
        self.hub.account("ada")
        found = self.hub.command("status", "--json")
        self.assertEqual((found["accounts"], found["devices"], found["disk_full"]), (1, 1, False))
        self.assertEqual(found["mqtt"], self.hub.addresses["mqtt"])
        text = self.hub.run("status").stdout
        for key in ("version", "data_id", "mqtt", "http"):
            self.assertIn(f"{key}: {found[key]}\n", text)

    def test_errors_are_json_where_a_program_reads_them(self):
        ended = self.hub.run("device", "revoke", "nothing", "--json")
        self.assertEqual((ended.returncode, ended.stdout), (1, ""))
        self.assertEqual(json.loads(ended.stderr)["error"].keys(), {"code", "text"})

    def test_exit_codes_are_those_that_help_lists(self):
        with tempfile.TemporaryDirectory() as empty:
            ended = subprocess.run([server.program, "status", "--data", empty], capture_output=True, text=True)
            self.assertEqual(ended.returncode, 3)
            self.assertIn("dunlin serve", ended.stderr)
        self.assertEqual(subprocess.run([server.program, "nonsense"], capture_output=True).returncode, 2)
        free = ["--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        again = subprocess.run(
            [server.program, "serve", "--data", self.hub.data, *free], capture_output=True, text=True
        )
        self.assertEqual(again.returncode, 4)
        with tempfile.TemporaryDirectory() as other:
            taken = ["--data", other, "--mqtt", self.hub.addresses["mqtt"], "--http", "127.0.0.1:0"]
            self.assertEqual(subprocess.run([server.program, "serve", *taken], capture_output=True).returncode, 5)

    def test_the_data_are_nobody_elses(self):
        self.hub.account("ada")
        self.assertEqual(self.hub.data.stat().st_mode & 0o777, 0o700)
        for path in self.hub.data.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o777, 0o700 if path.is_dir() else 0o600, path)

    def test_data_of_a_newer_format_are_refused_and_left_alone(self):
        self.hub.stop()
        copy = self.hub.directory / "copy"
        for name, change in (("DUNLIN", self.newer_format), ("accounts.db", self.newer_tables)):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.hub.data, copy)
            change(copy / name)
            before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
            ended = subprocess.run([server.program, "serve", "--data", copy], capture_output=True, text=True)
            self.assertEqual(ended.returncode, 4, ended.stderr)
            self.assertIn("newer version", ended.stderr)
            after = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
            self.assertEqual({path: data for path, data in after.items() if before.get(path) != data}, {})

    @staticmethod
    def newer_format(path):
        text = path.read_text()
        path.write_text(re.sub(r"(format\D*)\d+", r"\g<1>99", text, count=1))

    @staticmethod
    def newer_tables(path):
        data = bytearray(path.read_bytes())
        data[60:64] = (99).to_bytes(4, "big")  # SQLite's user_version
        path.write_bytes(data)


class Stopping(Rig):
    def test_under_load_what_was_acknowledged_is_there_and_everybody_is_told(self):
        people = [self.hub.account(f"p{number}") for number in range(8)]
        talk = self.hub.conversation(*(f"p{number}" for number in range(8)), more=["--open"])
        clients = [self.client(who) for who in people]
        for client in clients:
            for number in range(1, 33):
                client.send(mqtt.publish(f"c/{talk}/text", b"x" * 1000, packet_id=number))
        code, seconds = self.hub.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 5)
        acknowledged = set()
        for client in clients:
            left = client.end()
            self.assertEqual((left[-1].kind, left[-1].reason), (mqtt.DISCONNECT, 0x8B))
            acknowledged |= {one.properties["user"]["seq"] for one in left if one.kind == mqtt.PUBACK}
        again = server.Server(self.hub.directory)
        self.addCleanup(again.close)
        _, _, body = again.get(f"/v1/conversations/{talk}/records?limit=1000", people[0]["token"])
        there = {str(one["seq"]) for one in json.loads(body)["records"]}
        self.assertLessEqual(acknowledged, there)
        # Nothing that was taken was left without its answer.
        self.assertEqual(len(there) - 1, len(acknowledged))

    def test_a_second_signal_ends_it_at_once(self):
        self.assertTrue(self.hub.is_running())
        self.hub.process.terminate()
        self.hub.process.terminate()
        self.assertIn(self.hub.process.wait(server.LIMIT), (0, 143))


class Documents(unittest.TestCase):
    def test_every_metric_is_described(self):
        page = (pathlib.Path(__file__).parents[2] / "docs/operations.md").read_text()
        hub = server.Server()
        self.addCleanup(hub.close)
        families = exposition.parse(hub.get("/metrics")[2].decode())
        self.assertEqual([name for name in families if f"`{name}" not in page], [])

    def test_every_setting_is_described(self):
        page = (pathlib.Path(__file__).parents[2] / "docs/operations.md").read_text()
        ended = subprocess.run([server.program, "config", "--json"], capture_output=True, text=True, check=True)
        self.assertEqual([one["name"] for one in json.loads(ended.stdout) if f"`{one['name']}`" not in page], [])
