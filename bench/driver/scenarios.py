"""What is measured: each function runs one scenario once on one fresh server and returns its figures."""

import json
import subprocess
import threading
import time

from servers import Failed, percentile, total

PAIRS = 50
GROUP = 1000
IDLE = 15_000
AT_REST = 10  # seconds, after which nothing is left of how the world was made: records at hand, buffers
AWAY = 1000
MESSAGES_AWAY = 300
SYNC = "dunlin_log_sync_seconds"
# The same, each sync counted once for each message that waited for it.
SYNC_BY_MESSAGE = "dunlin_log_message_sync_seconds"
UNSEALED = "dunlin_log_unsealed_bytes"
LONGEST_TOOTH = 23  # seconds from one sealing of the log to the next, at window 1
WRITTEN = ("dunlin_log_written_bytes_total", "dunlin_history_sealed_bytes_total", "dunlin_history_merged_bytes_total")
ROWS = "dunlin_history_rows_bytes_total"
SPREAD = 100_000
SPREAD_RECORDS = 3_000_000
SPREAD_BODY = 83  # makes a record of 150 bytes
ACCEPTED = "dunlin_entries_accepted_total"
RECOVERY_RECORDS = 10_000_000
RECOVERY_EACH = 100  # conversations of each account that is away
RECOVERY_TAIL = 6_000_000  # records: more than the unsealed log can hold
SLOW_READER_SECONDS = 30  # of each of the ten runs
UNSEALED_BOUND = 0.97 * 2**30  # of 1 GiB: the last segment is never full


def load_command(bench, server, scenario, *options, websocket=False):
    command = [str(bench.load), scenario, "--server", server.kind, "--pid", str(server.pid)]
    command += ["--endpoint", server.websocket if websocket else server.endpoint]
    command += ["--devices", str(server.directory / "devices.jsonl")]
    return [*command, "--conversations", str(server.directory / "conversations.jsonl"), *map(str, options)]


def load(bench, server, scenario, *options, websocket=False):
    """bench_load's line for one scenario."""
    command = load_command(bench, server, scenario, *options, websocket=websocket)
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode != 0:
        raise Failed(f"{server.name}: {scenario}: {ended.stdout.strip() or ended.stderr.strip()}")
    return json.loads(ended.stdout)


class Watch:
    """What the server's own counters did while a load ran, and its unsealed log: the highest from 10 s to half of the
    time, and of the other half, since it falls by some hundred megabytes at once whenever a sealing ends. At window 1
    that is every 20 s; the halves of a minute have a whole tooth each.

    To ask for them takes a core for milliseconds, here and in the server, and only of a server that has such counters:
    where latency is what is measured, the log is not sampled."""

    def __init__(self, bench, server, sampled):
        self.server, self.unsealed, self.ended = server, [], threading.Event()
        self.from_10s = bench.warm_up + 10
        self.before = server.metrics()
        self.sampled = sampled and bool(self.before)
        self.sampler = threading.Thread(target=self.sample, daemon=True)
        self.sampler.start()

    def sample(self):
        begin = time.monotonic()
        while self.sampled and not self.ended.wait(1):
            self.unsealed.append((time.monotonic() - begin, total(self.server.metrics(), UNSEALED)))

    def highest(self, first, last):
        return max((size for at, size in self.unsealed if first <= at <= last), default=None)

    def end(self):
        self.ended.set()
        self.sampler.join()
        after = self.server.metrics()
        if not after:
            return {}
        out = {}
        last = self.unsealed[-1][0] if self.unsealed else 0
        half = (self.from_10s + last) / 2
        if half - self.from_10s >= LONGEST_TOOTH:
            out["unsealed_first_half"] = self.highest(self.from_10s, half)
            out["unsealed_second_half"] = self.highest(half, last)
        for key, name in (("sync_p99_us", SYNC), ("sync_p99_by_message_us", SYNC_BY_MESSAGE)):
            seconds = percentile(self.before, after, name, 0.99)
            if seconds is not None:
                out[key] = seconds * 1e6
        return out


def traffic(bench, server, *options, seconds=None, sampled=True):
    watch = Watch(bench, server, sampled)
    figures = load(
        bench, server, "traffic", "--seconds", seconds or bench.seconds, "--warm-up", bench.warm_up,
        "--version", bench.version, "--threads", bench.threads, *options,
    )  # fmt: skip
    return figures | watch.end()


def make_pairs(server):
    server.write_world(2 * PAIRS, [[2 * i, 2 * i + 1] for i in range(PAIRS)])


def pairs(bench, server, *options, sampled=True):
    server.start()
    make_pairs(server)
    return traffic(bench, server, *options, sampled=sampled)


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
    return pairs(bench, server, "--rate", 5000, sampled=False)


def idle(bench, server, websocket=False):
    server.start()
    groups = IDLE // 10
    # Each device in three groups of ten, whose members are strangers otherwise.
    conversations = [[(i * 10 + j) % IDLE for j in range(10)] for i in range(groups)]
    conversations += [[i + groups * j for j in range(10)] for i in range(groups)]
    conversations += [[(i * 10 + j * 1501) % IDLE for j in range(10)] for i in range(groups)]
    server.write_world(IDLE, conversations)
    time.sleep(AT_REST)
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


def written(bench, server):
    """Bytes written per record of 150 bytes over 100,000 conversations, by Zipf's law, sealing and merging included."""
    server.start()
    server.write_world(2 * PAIRS, [[i % PAIRS, PAIRS + i // PAIRS % PAIRS] for i in range(SPREAD)], name="x")
    records = SPREAD_RECORDS // (10 if bench.seconds < 10 else 1)
    before = server.metrics()
    load(bench, server, "offline-publish", "--zipf-total", records, "--window", 32, "--body", SPREAD_BODY)
    end = time.monotonic() + 60
    after, at_rest = server.metrics(), 0
    while time.monotonic() < end and at_rest < 5:
        time.sleep(1)
        now = server.metrics()
        at_rest = at_rest + 1 if all(total(now, name) == total(after, name) for name in WRITTEN) else 0
        after = now
    grown = {name: total(after, name) - total(before, name) for name in (*WRITTEN, ROWS)}
    return {
        "records": records,
        "bytes_per_record": sum(grown[name] for name in WRITTEN) / records,
        "row_bytes_per_record": grown[ROWS] / records,
        **{name: value for name, value in grown.items()},
    }


def recovery(bench, server):
    """Time to ready after a kill under load: 10 million records that nobody fetched, the unsealed log at its bound.

    Sealing keeps up with this load where there are processors to spare: for the last of the records its thread gets
    only what nobody else wants, so that the log reaches its bound."""
    server.start()
    accounts = PAIRS + SPREAD // RECOVERY_EACH
    pairs_of = [[i % PAIRS, PAIRS + i // RECOVERY_EACH] for i in range(SPREAD)]
    server.write_world(accounts, pairs_of, name="x")
    records = RECOVERY_RECORDS // (20 if bench.seconds < 10 else 1)
    bound = UNSEALED_BOUND if bench.seconds >= 10 else 0
    done = total(server.metrics(), ACCEPTED)
    # More than is waited for: it ends when the server is killed.
    command = load_command(bench, server, "offline-publish", "--messages", 1000, "--window", 32)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as publisher:
        try:
            wait_until_taken(server, publisher, done + records - min(RECOVERY_TAIL, records // 2), 0)
            server.idle_priority("store")
            unsealed = wait_until_taken(server, publisher, done + records, bound)
            server.kill()
        finally:
            publisher.kill()
    begin = time.monotonic()
    server.start(seconds=120)
    ready = time.monotonic() - begin
    return {"ready_seconds": ready, "records": records, "unsealed_bytes": unsealed}


def wait_until_taken(server, publisher, records, unsealed_bytes):
    """Returns under load, as soon as the server has both: the bytes of its unsealed log."""
    end = time.monotonic() + 600
    while True:
        now = server.metrics()
        if publisher.poll() is not None or time.monotonic() > end:
            took, unsealed = total(now, ACCEPTED), total(now, UNSEALED)
            raise Failed(f"dunlin took {took:,.0f} records, its log is {unsealed:,.0f} bytes")
        if total(now, ACCEPTED) >= records and total(now, UNSEALED) >= unsealed_bytes:
            return total(now, UNSEALED)
        time.sleep(0.05)


def slow_reader(bench, server):
    """5,000 messages/s to pairs with a third member, once away and once connected and not reading."""
    figures = {}
    for name, options in (("away", ()), ("stopped", ("--stopped-connects",))):
        server.start()
        third = 2 * PAIRS
        server.write_world(third + 1, [[2 * i, 2 * i + 1, third] for i in range(PAIRS)])
        seconds = min(bench.seconds, SLOW_READER_SECONDS)
        options = ("--rate", 5000, "--stopped-reader", third, *options)
        part = traffic(bench, server, *options, seconds=seconds, sampled=False)
        figures |= {f"{key}_{name}": part[key] for key in ("p99_us", "peak_rss", "lost", "doubled", "reordered")}
        server.remove()
    return figures | {
        "memory_ratio": figures["peak_rss_stopped"] / figures["peak_rss_away"],
        "p99_ratio": figures["p99_us_stopped"] / max(figures["p99_us_away"], 1),
    }
