"""What is measured: each function runs one scenario once on one fresh server and returns its figures."""

import json
import subprocess
import threading
import time

from servers import Failed, percentile, total

PAIRS = 50
GROUP = 1000
IDLE = 15_000
AWAY = 1000
MESSAGES_AWAY = 300
SYNC = "dunlin_log_sync_seconds"
# The same, each sync counted once for each message that waited for it.
SYNC_BY_MESSAGE = "dunlin_log_message_sync_seconds"
UNSEALED = "dunlin_log_unsealed_bytes"


def load(bench, server, scenario, *options, websocket=False):
    """bench_load's line for one scenario."""
    command = [str(bench.load), scenario, "--server", server.kind, "--pid", str(server.pid)]
    command += ["--endpoint", server.websocket if websocket else server.endpoint]
    command += ["--devices", str(server.directory / "devices.jsonl")]
    command += ["--conversations", str(server.directory / "conversations.jsonl"), *map(str, options)]
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode != 0:
        raise Failed(f"{server.name}: {scenario}: {ended.stdout.strip() or ended.stderr.strip()}")
    return json.loads(ended.stdout)


class Watch:
    """What the server's own counters did while a load ran, and its unsealed log at 10 s and at the end."""

    def __init__(self, bench, server):
        self.server, self.at_10s = server, None
        self.before = server.metrics()
        self.timer = threading.Timer(bench.warm_up + min(10, bench.seconds), self.sample)
        self.timer.daemon = True
        self.timer.start()

    def sample(self):
        self.at_10s = self.server.metrics()

    def end(self):
        self.timer.cancel()
        after = self.server.metrics()
        if not after:
            return {}
        out = {"unsealed_at_end": total(after, UNSEALED)}
        if self.at_10s:
            out["unsealed_at_10s"] = total(self.at_10s, UNSEALED)
        for key, name in (("sync_p99_us", SYNC), ("sync_p99_by_message_us", SYNC_BY_MESSAGE)):
            seconds = percentile(self.before, after, name, 0.99)
            if seconds is not None:
                out[key] = seconds * 1e6
        return out


def traffic(bench, server, *options):
    watch = Watch(bench, server)
    figures = load(
        bench, server, "traffic", "--seconds", bench.seconds, "--warm-up", bench.warm_up, "--version", bench.version,
        "--threads", bench.threads, *options,
    )  # fmt: skip
    return figures | watch.end()


def make_pairs(server):
    server.write_world(2 * PAIRS, [[2 * i, 2 * i + 1] for i in range(PAIRS)])


def pairs(bench, server, *options):
    server.start()
    make_pairs(server)
    return traffic(bench, server, *options)


def pairs_window_16(bench, server):
    return pairs(bench, server, "--window", 16)


def pairs_window_16_all(bench, server):
    return pairs(bench, server, "--window", 16, "--senders-subscribe")


def pairs_window_1(bench, server):
    return pairs(bench, server, "--window", 1)


def pairs_window_1_all(bench, server):
    return pairs(bench, server, "--window", 1, "--senders-subscribe")


def fan_out(bench, server):
    server.start()
    server.write_world(GROUP + 1, [list(range(GROUP + 1))])
    return traffic(bench, server, "--window", bench.fan_out_window)


def open_loop(bench, server):
    return pairs(bench, server, "--rate", 5000)


def idle(bench, server, websocket=False):
    server.start()
    groups = IDLE // 10
    # Each device in three groups of ten, whose members are strangers otherwise.
    conversations = [[(i * 10 + j) % IDLE for j in range(10)] for i in range(groups)]
    conversations += [[i + groups * j for j in range(10)] for i in range(groups)]
    conversations += [[(i * 10 + j * 1501) % IDLE for j in range(10)] for i in range(groups)]
    server.write_world(IDLE, conversations)
    time.sleep(2)
    return load(
        bench, server, "idle", "--version", bench.version, "--spread", "--settle", min(5, bench.seconds),
        websocket=websocket,
    )  # fmt: skip


def idle_websocket(bench, server):
    return idle(bench, server, websocket=True)


def offline(bench, server):
    """Published to devices that are away; dunlin is killed, mosquitto is not; then all come back."""
    server.start()
    senders = PAIRS
    server.write_world(senders + AWAY, [[i % senders, senders + i] for i in range(AWAY)])
    options = ("--messages", MESSAGES_AWAY, "--version", bench.version, "--persistent")
    load(bench, server, "offline-subscribe", *options)
    published = load(bench, server, "offline-publish", *options, "--window", bench.offline_window)
    figures = {"published_per_s": published["published_per_s"], "refused": published["refused"]}
    if server.kind == "dunlin":
        server.kill()
        begin = time.monotonic()
        server.start()
        figures["restart_seconds"] = time.monotonic() - begin
    drained = load(bench, server, "offline-drain", *options, "--opening", AWAY)
    return figures | {key: drained[key] for key in ("drained_per_s", "lost", "doubled", "reordered")}


def slow_reader(bench, server):
    """5,000 messages/s to pairs with a third member, once away and once connected and not reading."""
    figures = {}
    for name, options in (("away", ()), ("stopped", ("--stopped-connects",))):
        server.start()
        third = 2 * PAIRS
        server.write_world(third + 1, [[2 * i, 2 * i + 1, third] for i in range(PAIRS)])
        part = traffic(bench, server, "--rate", 5000, "--stopped-reader", third, *options)
        figures |= {f"{key}_{name}": part[key] for key in ("p99_us", "peak_rss", "lost", "doubled", "reordered")}
        server.remove()
    return figures | {
        "memory_ratio": figures["peak_rss_stopped"] / figures["peak_rss_away"],
        "p99_ratio": figures["p99_us_stopped"] / max(figures["p99_us_away"], 1),
    }
