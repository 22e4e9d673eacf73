#!/usr/bin/env python3
"""Usage: tests/clients/examples_test.py DUNLIN

Runs the programs of docs/protocol.md, section "Stock clients", as they stand there, against the server DUNLIN. Only the
addresses are replaced, since the server picks free ports, and the setting of the scene is checked word by word.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

root = pathlib.Path(__file__).resolve().parent.parent.parent
page = root / "docs/protocol.md"
LIMIT = 20  # seconds that anything may take
dunlin = None


def examples():
    """The programs by name, and the first shell block of the section: what sets the scene."""
    section = page.read_text().split("\n## Stock clients\n")[1].split("\n## ")[0]
    found = re.findall(r"<!-- example: (.+?) -->\n```\w+\n(.*?)```", section, re.DOTALL)
    return dict(found), re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)


class Listener:
    """A program that goes on; its output line by line."""

    def __init__(self, command, environment, directory):
        self.process = subprocess.Popen(
            command, env=environment, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        self.lines, self.changed = [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()

    def wait_for(self, count):
        with self.changed:
            self.changed.wait_for(lambda: len(self.lines) >= count, LIMIT)
            return list(self.lines)

    def stop(self):
        # The shell that runs a command line and what it started.
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(LIMIT)
        self.process.stdout.close()


class StockClients(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="dunlin-clients-")
        self.addCleanup(scratch.cleanup)
        self.directory = pathlib.Path(scratch.name)
        self.programs, scene = examples()
        ready = self.directory / "ready.json"
        command = [dunlin, "serve", "--data", self.directory / "data", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        with open(self.directory / "log", "w") as log:
            self.server = subprocess.Popen([*command, "--ready-file", ready], stdout=log, stderr=log)
        self.addCleanup(self.stop_server)
        end = time.monotonic() + LIMIT
        while not ready.exists() and self.server.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        self.addresses = json.loads(ready.read_text())
        answers = [self.command(line) for line in scene.splitlines()]
        self.ada, self.ben, self.conversation = answers[0], answers[1], answers[2]["conversation"]

    def stop_server(self):
        self.server.terminate()
        self.assertEqual(self.server.wait(LIMIT), 0, "the server did not end well")

    def command(self, line):
        words = line.split()
        self.assertEqual(words[0], "dunlin")
        out = subprocess.run([dunlin, *words[1:], "--data", self.directory / "data"], check=True, capture_output=True)
        return json.loads(out.stdout)

    def program(self, name):
        """The text of a program with this server's addresses in place of the usual ones."""
        text = self.programs[name]
        for usual, port in (("1883", self.addresses["mqtt"]), ("8080", self.addresses["http"])):
            self.assertNotIn("\0", text)
            text = text.replace(usual, port.rpartition(":")[2])
        return text

    def environment(self, who, transport):
        more = {"TOKEN": who["token"], "DEVICE": who["device"], "CONVERSATION": self.conversation}
        return os.environ | more | {"TRANSPORT": transport, "PERSON": self.ben["account"]}

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def converse(self, listen, say, transport, listens_to=None):
        """Ada says something while Ben is away, and something while he listens: he gets both, once, in order."""
        said = [f"{self.id()} {number} ✓" for number in (1, 2)]
        self.run_to_end(say(said[0]), transport)
        listener = Listener(listen, self.environment(self.ben, transport), self.directory)
        try:
            self.assertEqual([line[-len(said[0]) :] for line in listener.wait_for(1)], said[:1], listener.lines)
            self.run_to_end(say(said[1]), transport)
            self.assertEqual([line[-len(text) :] for line, text in zip(listener.wait_for(2), said)], said)
        finally:
            listener.stop()
        self.assertEqual(len(listener.lines), 2, listener.lines)

    def run_to_end(self, command, transport, who=None):
        ended = subprocess.run(
            command, env=self.environment(who or self.ada, transport), cwd=self.directory, capture_output=True,
            text=True, timeout=LIMIT,
        )  # fmt: skip
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        return ended.stdout

    def mosquitto(self, version):
        listen = self.program("mosquitto listen").replace("-V 5 ", version)
        say = self.program("mosquitto say").replace("-V 5 ", version)
        self.assertIn("'Hello, Ben'", say)
        self.converse(
            ["sh", "-c", "exec " + listen], lambda text: ["sh", "-c", say.replace("Hello, Ben", text)], transport="tcp"
        )

    def test_mosquitto_speaks_5(self):
        self.mosquitto("-V 5 ")

    def test_mosquitto_speaks_3_1_1(self):
        self.mosquitto("")

    def interpreter(self):
        found = root / ".tools/py/bin/python"
        if not found.exists():
            self.fail("no .tools/py: run tools/setup clients")
        return found

    def python(self, transport):
        interpreter, script = self.interpreter(), self.write("chat.py", self.program("paho"))
        self.converse([interpreter, script, "listen"], lambda text: [interpreter, script, "say", text], transport)

    def presence(self, transport):
        """Ada is told that Ben comes, that he types, and that he went."""
        python = self.interpreter()
        chat, there = self.write("chat.py", self.program("paho")), self.write("there.py", self.program("paho presence"))
        watcher = Listener([python, there, "watch"], self.environment(self.ada, transport), self.directory)
        self.addCleanup(watcher.stop)
        self.assertEqual(watcher.wait_for(1), ["away"])
        ben = Listener([python, chat, "listen"], self.environment(self.ben, transport), self.directory)
        try:
            self.assertEqual(watcher.wait_for(2)[1:], ["online"])
            self.run_to_end([python, there, "type"], transport, self.ben)
            self.assertEqual(watcher.wait_for(3)[2:], ["types"])
        finally:
            ben.stop()
        self.assertEqual(watcher.wait_for(4)[3:], ["away"])

    def test_paho_over_tcp(self):
        self.python("tcp")

    def test_paho_over_websocket(self):
        self.python("websockets")

    def test_paho_hears_of_presence_and_typing_over_tcp(self):
        self.presence("tcp")

    def test_paho_hears_of_presence_and_typing_over_websocket(self):
        self.presence("websockets")

    def node(self, transport):
        node = root / ".tools/node/bin/node"
        modules = root / "tests/clients/node_modules"
        if not node.exists() or not modules.exists():
            self.fail("no .tools/node: run tools/setup clients")
        script = self.write("chat.mjs", self.program("mqttjs"))
        link = self.directory / "node_modules"
        if not link.exists():
            link.symlink_to(modules)
        self.converse([node, script, "listen"], lambda text: [node, script, "say", text], transport)

    def test_mqttjs_over_tcp(self):
        self.node("tcp")

    def test_mqttjs_over_websocket(self):
        self.node("websockets")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    dunlin = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
