"""The servers under load: started on free ports of this machine, with a fresh directory each, stopped by process id."""

import concurrent.futures
import json
import math
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.request

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

# What the broker is compared with: nothing that throttles it, nothing on disk.
MOSQUITTO_CONFIGURATION = """\
listener {mqtt} 127.0.0.1
listener {websocket} 127.0.0.1
protocol websockets
allow_anonymous true
max_inflight_messages 0
max_queued_messages 0
set_tcp_nodelay true
persistence false
log_type error
"""


class Failed(Exception):
    """Something that a measurement needs did not work; the text says what."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def make_id():
    return "".join(secrets.choice(ALPHABET) for _ in range(25)) + secrets.choice("aeimquy4")


def wait_for(what, seconds, ready):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return
        time.sleep(0.01)
    raise Failed(f"{what}: not within {seconds} s")


def accepts(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A process with a directory; `endpoint` and `websocket` once it is started."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.process = None
        self.endpoint = self.websocket = None

    @property
    def pid(self):
        return self.process.pid

    def spawn(self, command, **options):
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **options)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def write_world(self, count, conversations, **more):
        """Devices and conversations (lists of places) as the files that bench_load reads. `more`: see converse."""
        devices = self.mint(count)
        names = self.converse(devices, conversations, **more)
        with open(self.directory / "devices.jsonl", "w") as out:
            out.writelines(json.dumps(device) + "\n" for device in devices)
        with open(self.directory / "conversations.jsonl", "w") as out:
            for name, members in zip(names, conversations):
                out.write(json.dumps({"conversation": name, "members": members}) + "\n")


class Mosquitto(Server):
    kind = "broker"
    name = "mosquitto"

    @staticmethod
    def program():
        """The one that tools/setup broker found or unpacked, else an installed one; None if there is none."""
        set_up = pathlib.Path(__file__).resolve().parents[2] / ".tools/bin/mosquitto"
        for candidate in (set_up, shutil.which("mosquitto"), "/usr/sbin/mosquitto"):
            if candidate and pathlib.Path(candidate).exists():
                return candidate
        return None

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        mqtt, websocket = free_port(), free_port()
        configuration = self.directory / "mosquitto.conf"
        configuration.write_text(MOSQUITTO_CONFIGURATION.format(mqtt=mqtt, websocket=websocket))
        self.spawn([self.program(), "-c", str(configuration)])
        wait_for("mosquitto listens", 10, lambda: accepts(mqtt))
        self.endpoint, self.websocket = f"127.0.0.1:{mqtt}", f"ws://127.0.0.1:{websocket}/mqtt"

    def mint(self, count):
        return [{"account": make_id(), "device": make_id(), "token": secrets.token_urlsafe(32)} for _ in range(count)]

    def converse(self, _devices, conversations, **_more):
        return [make_id() for _ in conversations]

    def metrics(self):
        return {}


class ControlSocket:
    """The running server's control socket, spoken to directly: a process per conversation would take minutes."""

    def __init__(self, data):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(data / "control.sock"))
        self.lines = self.socket.makefile("r")

    def ask(self, **request):
        self.socket.sendall((json.dumps(request) + "\n").encode())
        while True:
            answer = json.loads(self.lines.readline() or '{"error":{"text":"the server closed the control socket"}}')
            if "error" in answer:
                raise Failed(f"{request.get('do')}: {answer['error'].get('text')}")
            if "ok" in answer:
                return answer["ok"]

    def close(self):
        self.lines.close()
        self.socket.close()


class Dunlin(Server):
    kind = "dunlin"
    name = "dunlin"

    def __init__(self, directory, program, arguments=(), environment=None, wrapper=()):
        super().__init__(directory)
        self.program, self.arguments, self.environment, self.wrapper = program, list(arguments), environment, wrapper
        self.data = self.directory / "data"
        self.http = None

    def start(self, seconds=60):
        self.directory.mkdir(parents=True, exist_ok=True)
        ready = self.directory / "ready.json"
        ready.unlink(missing_ok=True)
        command = [*self.wrapper, str(self.program), "serve", "--data", str(self.data)]
        command += ["--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0", "--ready-file", str(ready), *self.arguments]
        self.spawn(command, env=self.environment)
        wait_for("dunlin is ready", seconds, lambda: ready.exists() or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise Failed(f"dunlin ended with {self.process.returncode}; see {self.directory / 'log'}")
        addresses = json.loads(ready.read_text())
        self.endpoint, self.http = addresses["mqtt"], addresses["http"]
        self.websocket = f"ws://{self.http}/mqtt"

    def mint(self, count):
        out = self.directory / "minted.jsonl"
        command = [str(self.program), "device", "mint", "--count", str(count), "--prefix", "bench", "--out", str(out)]
        subprocess.run([*command, "--data", str(self.data)], check=True, stdout=subprocess.DEVNULL)
        return [json.loads(line) for line in out.read_text().splitlines()]

    def converse(self, devices, conversations, threads=8, **more):
        """Their ids. `more`: fields of the request, such as name (without one, two members have one conversation)."""
        local = threading.local()
        sockets = []

        def make(members):
            if not hasattr(local, "control"):
                local.control = ControlSocket(self.data)
                sockets.append(local.control)
            accounts = [devices[m]["account"] for m in members]
            return local.control.ask(do="conversation.add", members=accounts, **more)["conversation"]

        try:
            with concurrent.futures.ThreadPoolExecutor(threads) as pool:
                return list(pool.map(make, conversations))
        finally:
            for control in sockets:
                control.close()

    def idle_priority(self, thread):
        """The threads of that name run only when nobody else wants to."""
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            if (task / "comm").read_text().strip() == thread:
                os.sched_setscheduler(int(task.name), os.SCHED_IDLE, os.sched_param(0))

    def metrics(self):
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=10) as answer:
            return parse_metrics(answer.read().decode())


def parse_metrics(text):
    """Prometheus's text as {"name{labels}": value}."""
    out = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            out[name] = float(value)
    return out


def total(metrics, name):
    """The sum of all series of a metric, which must be there: a renamed one would count as nothing."""
    values = [value for series, value in metrics.items() if series.split("{")[0] == name]
    if not values:
        raise Failed(f"there is no metric {name}")
    return sum(values)


def percentile(before, after, name, share):
    """The percentile in seconds of what came between to histogram `name`, interpolated within its bucket as Prometheus'
    histogram_quantile does."""
    buckets = {}
    for series, value in after.items():
        if series.startswith(name + "_bucket{"):
            bound = series.split('le="')[1].split('"')[0]
            grown = value - before.get(series, 0)
            buckets[float(bound)] = buckets.get(float(bound), 0) + grown
    if not buckets or max(buckets.values()) == 0:
        return None
    wanted = share * max(buckets.values())
    below, counted = 0, 0
    for bound, count in sorted(buckets.items()):
        if count >= wanted:
            return below if math.isinf(bound) else below + (bound - below) * (wanted - counted) / (count - counted)
        below, counted = bound, count
