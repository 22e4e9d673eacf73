"""Reads Prometheus's text format (version 0.0.4) strictly, and holds it to the rules that promtool holds it to."""

import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
sample = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
# Units that are not base units, and what would say the type once more.
WRONG_WORDS = {"ms", "milliseconds", "us", "microseconds", "minutes", "kb", "kib", "mb", "mib", "percent"}
WRONG_ENDS = ("_counter", "_gauge", "_histogram", "_count", "_sum", "_bucket")


class Wrong(Exception):
    pass


class Family:
    def __init__(self, name, help):
        self.name, self.help, self.type, self.samples = name, help, None, {}


def number(text):
    if text in ("+Inf", "-Inf", "NaN"):
        return float(text)
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
        raise Wrong(f"no number: {text}")
    return float(text)


def belongs(name, family):
    if family.type == "histogram":
        return name in (family.name + "_bucket", family.name + "_sum", family.name + "_count")
    return name == family.name


def parse(text):
    """The families by name; Wrong at whatever is not as it should be."""
    if not text.endswith("\n"):
        raise Wrong("the last line does not end")
    families, current = {}, None
    for line in text.split("\n")[:-1]:
        if line.startswith("# HELP "):
            name, _, help = line[len("# HELP ") :].partition(" ")
            if name in families:
                raise Wrong(f"{name} begins twice")
            current = families[name] = Family(name, help)
        elif line.startswith("# TYPE "):
            name, _, kind = line[len("# TYPE ") :].partition(" ")
            if current is None or current.name != name or current.type or current.samples:
                raise Wrong(f"TYPE of {name} does not follow its HELP")
            current.type = kind
        else:
            found = sample.fullmatch(line)
            if not found:
                raise Wrong(f"no sample: {line}")
            if current is None or not current.type or not belongs(found[1], current):
                raise Wrong(f"{found[1]} stands outside of its family")
            key = found[1], tuple(sorted(re.findall(LABEL, found[2] or "")))
            if key in current.samples:
                raise Wrong(f"{line} is there twice")
            current.samples[key] = number(found[3])
    for family in families.values():
        check(family)
    return families


def check(family):
    name, words = family.name, set(family.name.split("_"))
    if family.type not in ("counter", "gauge", "histogram"):
        raise Wrong(f"{name} is a {family.type}")
    if not family.samples:
        raise Wrong(f"{name} has no samples")
    if not re.fullmatch(r"[A-Z0-9].*\.", family.help):
        raise Wrong(f"{name}: the help is no sentence: {family.help}")
    if not re.fullmatch(r"(dunlin|process)_[a-z0-9]+(_[a-z0-9]+)*", name) or words & WRONG_WORDS:
        raise Wrong(f"{name} is not named as Prometheus wants it")
    if name.endswith("_total") != (family.type == "counter") or name.endswith(WRONG_ENDS):
        raise Wrong(f"{name}: the name does not fit a {family.type}")
    if family.type == "histogram":
        if not name.endswith(("_seconds", "_bytes")):
            raise Wrong(f"{name} has no unit")
        check_histogram(family)
    elif family.type == "counter" and min(family.samples.values()) < 0:
        raise Wrong(f"{name} is below zero")


def check_histogram(family):
    series = {}
    for (name, labels), value in family.samples.items():
        own = tuple(label for label in labels if not label.startswith("le="))
        bound = next((label[4:-1] for label in labels if label.startswith("le=")), None)
        series.setdefault(own, {})[bound or name[len(family.name) :]] = value
    for values in series.values():
        count = values.pop("_count")
        values.pop("_sum")
        bounds = sorted(values, key=number)
        if bounds[-1] != "+Inf" or values["+Inf"] != count:
            raise Wrong(f"{family.name}: the last bucket is not all of them")
        if any(values[low] > values[high] for low, high in zip(bounds, bounds[1:])):
            raise Wrong(f"{family.name}: the buckets are not cumulative")
