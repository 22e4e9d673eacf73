"""The payloads of docs/protocol.md, written and read by hand: no generated code, none of the server's."""

import secrets
import time

# The first of two messages made in one millisecond must have the lower id.
last_id = 0


def message_id():
    """A UUIDv7, above all before it."""
    global last_id
    value = time.time_ns() // 1_000_000 << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    if value <= last_id:
        value = last_id + 1
    last_id = value
    return value.to_bytes(16, "big")


def varint(value):
    out = bytearray()
    while True:
        value, rest = value >> 7, value & 0x7F
        out.append(rest | (0x80 if value else 0))
        if not value:
            return bytes(out)


def field(number, value):
    """One field: an integer as a varint, bytes with their length; zero and empty are left out, as proto3 does."""
    if not value:
        return b""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def send(body, id=None, kind=0, urgency=0, expires_in=0, redacts=0, epoch=0, after=b""):
    values = [id if id is not None else message_id(), kind, urgency, expires_in, redacts, epoch, body, after]
    return b"".join(field(number, value) for number, value in enumerate(values, 1))


def receipt(read=0, have_through=0):
    return field(2, read) + field(3, have_through)


def fields(data):
    """What a message holds: number → the last value, an int or bytes."""
    out, at = {}, 0

    def read():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = read()
        value = read()
        if tag & 7 == 2:
            value, at = data[at : at + value], at + value
        out[tag >> 3] = value
    return out


def record(data):
    names = ["seq", "ts", "account", "device", "id", "kind", "urgency", "expires_in", "redacts", "epoch", "body"]
    empty = {"account": b"", "device": b"", "id": b"", "body": b""}
    found = fields(data)
    return {name: found.get(number, empty.get(name, 0)) for number, name in enumerate(names, 1)}
