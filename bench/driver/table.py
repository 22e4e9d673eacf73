"""The figures as a table: medians of the repetitions, ratios to mosquitto in the same run, and which goals are met."""

import statistics

from servers import MOSQUITTO_CONFIGURATION


def median(results, scenario, server, key):
    values = [r[key] for r in results if r["name"] == scenario and r["server"] == server and key in r]
    return statistics.median(values) if values else None


def figure(value):
    if value is None:
        return "–"
    for bound, digits in ((100, 0), (10, 1), (1, 2)):
        if abs(value) >= bound:
            return f"{value:,.{digits}f}"
    return f"{value:.3g}"


class Row:
    """A line of a table. `higher`: what the goal is for must be at least `goal`, else at most. The goal is for the
    ratio to the other one; `alone`: there is no other, and it is for the figure itself."""

    servers = ("dunlin", "mosquitto")

    def __init__(self, scenario, what, key, goal, higher=True, unit="", alone=False):
        self.scenario, self.what, self.key, self.goal = scenario, what, key, goal
        self.higher, self.unit, self.alone = higher, unit, alone
        self.absolute = alone

    def cells(self, results):
        own = median(results, self.scenario, self.servers[0], self.key)
        other = None if self.alone else median(results, self.scenario, self.servers[1], self.key)
        ratio = own / other if own is not None and other else None
        measured = own if self.absolute else ratio
        met = "–"
        if measured is not None and self.goal is not None:
            met = "yes" if (measured >= self.goal) == self.higher or measured == self.goal else "**no**"
        sign = "≥" if self.higher else "≤"
        goal = "" if self.goal is None else f"{sign} {self.goal:g}" + ("" if self.absolute else " ×")
        shown = "" if ratio is None else f"{ratio:.2f} ×"
        return [f"{self.what}{', ' + self.unit if self.unit else ''}", figure(own), figure(other), shown, goal, met]


class AppRow(Row):
    """A line of the app's table: its goal is for the app's own figure, which must be at most that."""

    servers = ("app", "static")

    def __init__(self, scenario, what, key, goal=None, unit=""):
        super().__init__(scenario, what, key, goal, higher=False, unit=unit)
        self.absolute = True


RATE, CPU, FAN = "delivered_per_s", "cpu_us_per_message", "cpu_us_per_delivery"
ROWS = [
    Row("pairs_window_16", "50 pairs, window 16, senders subscribed to nothing", RATE, 8, unit="messages/s"),
    Row("pairs_window_16", "the same", CPU, 1 / 8, higher=False, unit="CPU µs/message"),
    Row("pairs_window_16_all", "50 pairs, window 16, all subscribed, receipts", RATE, 5, unit="messages/s"),
    Row("pairs_window_16_all", "the same", CPU, None, higher=False, unit="CPU µs/message"),
    Row("pairs_window_1", "50 pairs, window 1", RATE, 1, unit="messages/s"),
    Row("pairs_window_1", "the same", CPU, None, higher=False, unit="CPU µs/message"),
    Row("pairs_window_1_all", "50 pairs, window 1, all subscribed, receipts", RATE, 1, unit="messages/s"),
    Row("fan_out", "1 sender to 1,000 members online", RATE, 8, unit="deliveries/s"),
    Row("fan_out", "the same", FAN, 1 / 8, higher=False, unit="CPU µs/delivery"),
    Row("open_loop", "open loop, 5,000 messages/s", "p50_us", None, higher=False, unit="p50 µs"),
    Row("open_loop", "the same", "p99_us", None, higher=False, unit="p99 µs"),
    Row("open_loop", "p99 minus mosquitto's, in p99s of a sync", "p99_in_syncs", 2, higher=False, alone=True),
    Row("idle", "15,000 idle sessions, TCP", "rss_bytes_per_session", 0.8, higher=False, unit="bytes each"),
    Row("idle_websocket", "the same over WebSocket", "rss_bytes_per_session", 2048, False, "bytes each", alone=True),
    Row("offline", "1,000 devices away, 300 messages each", "published_per_s", 6, unit="published/s"),
    Row("offline", "killed, restarted (mosquitto not), drained", "drained_per_s", 6, unit="drained/s"),
    Row("written", "bytes written per 150-byte record, 100,000 chats", "bytes_per_record", 450, False, alone=True),
    Row("written", "state rows beside them", "row_bytes_per_record", None, False, alone=True),
    Row("recovery", "killed with 10 million records, log at its bound", "ready_seconds", 10, False, "s", alone=True),
    Row("slow_reader", "a stopped reader: memory beside without it", "memory_ratio", 1.1, higher=False, alone=True),
    Row("slow_reader", "the others' p99 beside without it", "p99_ratio", 1.25, higher=False, alone=True),
]
APP_ROWS = [
    AppRow("app_start", "opened anew, 4 × slower: a conversation is readable", "readable_ms", 1000, "ms"),
    AppRow("app_sent", "Enter to the tick of “sent” in the page", "sent_ms", 50, "ms"),
    AppRow("app_sent", "the same on the screen", "seen_ms", unit="ms"),
    AppRow("app_scroll", "10,000 messages are scrolled: tasks whose script takes over 16 ms", "long_script_tasks", 0),
    AppRow("app_scroll", "the longest script in a task", "longest_script_task_ms", unit="ms"),
    AppRow("app_scroll", "the longest by the time that its thread had a core", "longest_script_alone_ms", unit="ms"),
    AppRow("app_scroll", "tasks over 16 ms with style, layout and paint", "long_tasks"),
    AppRow("app_scroll", "the longest of them", "longest_task_ms", unit="ms"),
    AppRow("app_missed", "the network is back: the last of 500 missed messages is in sight", "shown_ms", 1000, "ms"),
    AppRow("app_memory", "memory of page and worker, 10,000 messages received", "megabytes", unit="MB"),
    AppRow("app_memory", "the same beside 1,000", "growth", 1.1),
]
APP_KEYS = [row.key for row in APP_ROWS]
FAULTS = ("lost", "doubled", "reordered", "refused", "connections_lost")
# What may not grow: early, late, and by how much it may differ from one time to another.
BACKLOGS = (
    ("backlog", "backlog_at_10s", "backlog_at_end", 4000),
    ("unsealed log", "unsealed_first_half", "unsealed_second_half", 128 * 1024 * 1024),
)


def add_p99_in_syncs(results):
    """The open loop's goal: p99 at most mosquitto's + 2 × the p99 of the log's syncs, weighted by messages."""
    other = median(results, "open_loop", "mosquitto", "p99_us")
    for r in results:
        sync = r.get("sync_p99_by_message_us", r.get("sync_p99_us"))
        if r["name"] == "open_loop" and r["server"] == "dunlin" and sync and other is not None:
            r["p99_in_syncs"] = max(0.0, (r["p99_us"] - other) / sync)


def faults(results):
    """What no run may have: lost messages and the like, and backlogs that grew."""
    out = []
    for r in results:
        name = f"{r['name']} on {r['server']}"
        for key, value in r.items():
            if value and any(key == fault or key.startswith(fault + "_") for fault in FAULTS):
                out.append(f"{name}: {key} {value:g}")
        for what, early, late, slack in BACKLOGS:
            before, after = r.get(early), r.get(late)
            if before is not None and after is not None and after > before + slack:
                out.append(f"{name}: {what} grew from {before:,.0f} to {after:,.0f}")
    return out


def table(rows, header, results):
    measured = {r["name"] for r in results}
    lines = ["| " + " | ".join(header) + " |", "| --- | --: | --: | --: | --: | --- |"]
    return lines + ["| " + " | ".join(row.cells(results)) + " |" for row in rows if row.scenario in measured]


def markdown(results, notes):
    add_p99_in_syncs(results)
    lines = table(ROWS, ["", "dunlin", "mosquitto", "ratio", "goal", "met"], results)
    lines += ["", *notes, ""]
    wrong = faults(results)
    lines += [
        "Lost, doubled, reordered or refused messages, connections lost, backlogs that grew:"
        + ("" if wrong else " none.")
    ]
    lines += [f"- {fault}" for fault in wrong]
    lines += ["", "mosquitto's configuration:", "", "```", MOSQUITTO_CONFIGURATION.rstrip(), "```"]
    return "\n".join(lines) + "\n"


def app_markdown(results, notes):
    lines = table(APP_ROWS, ["", "app", "static page", "ratio", "goal", "met"], results)
    return "\n".join([*lines, "", *notes]) + "\n"
