"""A real `dunlin serve` on free ports, and what a test may ask about it: its commands, metrics, memory, sockets."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

LIMIT = 20  # seconds that anything may take
READY_LIMIT = 60  # but a start
program = None  # the path of dunlin; main.py sets it

# Two shards on any machine, so that what crosses between them is tried.
ALWAYS = {"shards": 2, "log.segment_size": "16 MiB", "log.max_unsealed": "64 MiB", "log.reserve": "4 MiB"}
sample_line = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")


def wait_until(true, what, limit=LIMIT):
    """Asks again and again; some things that a test waits for send no word."""
    end = time.monotonic() + limit
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit} s for: {what}")
        time.sleep(0.01)


class Server:
    """Started at once, ready when the constructor returns; `stop` or `kill` ends it."""

    def __init__(self, directory=None, settings=None, environment=None):
        self.scratch = None
        if directory is None:
            self.scratch = tempfile.TemporaryDirectory(prefix="dunlin-conformance-")
            directory = self.scratch.name
        self.directory = pathlib.Path(directory)
        self.data = self.directory / "data"
        self.log_path = self.directory / "log"
        ready = self.directory / "ready.json"
        ready.unlink(missing_ok=True)
        command = [program, "serve", "--data", self.data, "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        for key, value in {**ALWAYS, **(settings or {})}.items():
            command += ["--set", f"{key}={value}"]
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                [*command, "--ready-file", ready], stdout=log, stderr=log, env=os.environ | (environment or {})
            )
        try:
            # A disk that other tests keep busy may take its time for the first syncs.
            wait_until(lambda: ready.exists() or self.process.poll() is not None, "the server to be ready", READY_LIMIT)
        except AssertionError as late:
            where = self.where_it_waits()
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{late}\n{where}\n{self.log()}") from None
        if not ready.exists():
            raise AssertionError("the server did not start:\n" + self.log())
        self.addresses = json.loads(ready.read_text())

    def address(self, which="mqtt"):
        host, _, port = self.addresses[which].rpartition(":")
        return host, int(port)

    def connect(self, which="mqtt", source=""):
        """A plain socket to the MQTT or HTTP port, from an address of this machine."""
        return socket.create_connection(self.address(which), LIMIT, (source, 0))

    def where_it_waits(self):
        """Each thread's name and where in the kernel it sleeps."""
        tasks = sorted(pathlib.Path(f"/proc/{self.process.pid}/task").iterdir())
        return "\n".join(f"{(t / 'comm').read_text().strip()}: {(t / 'wchan').read_text()}" for t in tasks)

    def log(self):
        return self.log_path.read_text()

    # --- the command line

    def run(self, *words):
        return subprocess.run([program, *words, "--data", self.data], capture_output=True, text=True, timeout=60)

    def command(self, *words):
        """What a command printed, which must be JSON; it must succeed."""
        ended = self.run(*words)
        if ended.returncode != 0:
            raise AssertionError(f"dunlin {' '.join(words)} ended with {ended.returncode}: {ended.stderr}")
        return json.loads(ended.stdout)

    def account(self, handle):
        return self.command("account", "add", handle)

    def conversation(self, *members, more=()):
        return self.command("conversation", "add", "--members", ",".join(members), *more)["conversation"]

    # --- HTTP

    def get(self, path, token=None, accept=None, method="GET"):
        """(status, headers, body) of one request on a connection of its own."""
        lines = [f"{method} {path} HTTP/1.1", "Host: test", "Connection: close"]
        lines += [f"Authorization: Bearer {token}"] if token else []
        lines += [f"Accept: {accept}"] if accept else []
        return self.ask_http("\r\n".join([*lines, "", ""]).encode())

    def ask(self, method, path, body=None, token=None, headers=()):
        """(status, what the JSON of the answer says) of one request on a connection of its own."""
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: test", "Connection: close", f"Content-Length: {len(data)}"]
        lines += ["Content-Type: application/json"] if body is not None else []
        lines += [f"Authorization: Bearer {token}"] if token else []
        status, _, text = self.ask_http("\r\n".join([*lines, *headers, "", ""]).encode() + data)
        return status, json.loads(text) if text else None

    def ask_http(self, request):
        """The answer to the bytes of a request: (status, headers, body), or None if there was none."""
        with self.connect("http") as wire:
            wire.sendall(request)
            return read_answer(wire)

    def metrics(self):
        """Every sample, as `name{labels}` → number."""
        text = self.get("/metrics")[2].decode()
        found = (sample_line.match(line) for line in text.splitlines() if line and line[0] != "#")
        return {f"{m[1]}{{{m[2]}}}" if m[2] else m[1]: float(m[3]) for m in found}

    def count(self, name, **labels):
        """The sum of a metric over all its samples with these labels."""
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        return sum(
            value
            for sample, value in self.metrics().items()
            if sample.partition("{")[0] == name and all(label in sample for label in wanted)
        )

    # --- the process

    def memory(self):
        """Bytes of memory that are in RAM and the process's own."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024

    def sockets(self):
        """Open sockets; the store's files come and go by themselves."""
        found, folder = 0, f"/proc/{self.process.pid}/fd"
        for name in os.listdir(folder):
            try:
                found += os.readlink(f"{folder}/{name}").startswith("socket:")
            except FileNotFoundError:  # closed meanwhile
                continue
        return found

    def is_running(self):
        return self.process.poll() is None

    def stop(self):
        """SIGTERM; (exit code, seconds that it took)."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(LIMIT)
        finally:
            self.close()
        return code, time.monotonic() - began

    def kill(self):
        self.process.kill()
        self.process.wait(LIMIT)

    def close(self):
        """Ends what is left, without asking how."""
        if self.process.poll() is None:
            self.kill()


def read_answer(wire):
    """(status, headers, body) of an HTTP answer that ends with the connection or its Content-Length, or None."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            piece = wire.recv(65536)
        except ConnectionResetError:
            piece = b""
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    while len(body) < int(headers.get("content-length", 0)):
        piece = wire.recv(65536)
        if not piece:
            raise AssertionError(f"the answer was cut: {data!r}")
        body += piece
    return int(lines[0].split()[1]), headers, body
