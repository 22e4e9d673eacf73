"""MQTT from the bytes up: makes packets, right and wrong ones, and reads what a server sends. No code of the server."""

import socket

from server import LIMIT

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK = range(1, 10)
UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = range(10, 16)

# Properties of 5.0 by identifier: name, and how the value is written (1, 2 and 4 bytes, v: variable, s: text, b: bytes,
# p: a pair of texts).
PROPERTIES = {
    1: ("payload_format", "1"),
    2: ("message_expiry", "4"),
    3: ("content_type", "s"),
    8: ("response_topic", "s"),
    9: ("correlation_data", "b"),
    11: ("subscription_id", "v"),
    17: ("session_expiry", "4"),
    18: ("assigned_client_id", "s"),
    19: ("server_keep_alive", "2"),
    21: ("authentication_method", "s"),
    22: ("authentication_data", "b"),
    23: ("request_problem_information", "1"),
    24: ("will_delay", "4"),
    25: ("request_response_information", "1"),
    26: ("response_information", "s"),
    28: ("server_reference", "s"),
    31: ("reason_string", "s"),
    33: ("receive_maximum", "2"),
    34: ("topic_alias_maximum", "2"),
    35: ("topic_alias", "2"),
    36: ("maximum_qos", "1"),
    37: ("retain_available", "1"),
    38: ("user", "p"),
    39: ("maximum_packet_size", "4"),
    40: ("wildcards", "1"),
    41: ("subscription_ids", "1"),
    42: ("shared", "1"),
}
identifiers = {name: number for number, (name, _) in PROPERTIES.items()}


def number(value):
    """A variable byte integer."""
    out = bytearray()
    while True:
        value, rest = value >> 7, value & 0x7F
        out.append(rest | (0x80 if value else 0))
        if not value:
            return bytes(out)


def binary(data):
    return len(data).to_bytes(2, "big") + data


def text(value):
    return binary(value.encode())


def properties(**values):
    """What stands in a packet's property field, with its length; `user` is a list of pairs."""
    out = b""
    for name, value in values.items():
        form = PROPERTIES[identifiers[name]][1]
        for one in value if form == "p" else [value]:
            out += number(identifiers[name])
            if form in "124":
                out += one.to_bytes(int(form), "big")
            elif form == "p":
                out += text(one[0]) + text(one[1])
            else:
                out += number(one) if form == "v" else binary(one if form == "b" else one.encode())
    return number(len(out)) + out


def packet(kind, body=b"", flags=0):
    return bytes([kind << 4 | flags]) + number(len(body)) + body


def connect(client_id="", name=None, password=None, version=5, clean=True, keep_alive=60, will=None, **props):
    """`name` is the user name; `user`, as everywhere, are user properties."""
    flags = (2 if clean else 0) | (0x80 if name is not None else 0) | (0x40 if password is not None else 0)
    body = text(client_id)
    if will is not None:
        flags |= 4
        body += (properties() if version == 5 else b"") + text(will[0]) + binary(will[1])
    body += (text(name) if name is not None else b"") + (text(password) if password is not None else b"")
    head = text("MQTT") + bytes([version, flags]) + keep_alive.to_bytes(2, "big")
    return packet(CONNECT, head + (properties(**props) if version == 5 else b"") + body)


def publish(topic, payload=b"", qos=1, packet_id=1, version=5, dup=False, retain=False, **props):
    body = text(topic) + (packet_id.to_bytes(2, "big") if qos else b"")
    body += properties(**props) if version == 5 else b""
    return packet(PUBLISH, body + payload, (8 if dup else 0) | qos << 1 | (1 if retain else 0))


def subscribe(*filters, packet_id=1, version=5, qos=1, **props):
    body = packet_id.to_bytes(2, "big") + (properties(**props) if version == 5 else b"")
    return packet(SUBSCRIBE, body + b"".join(text(one) + bytes([qos]) for one in filters), 2)


def acknowledge(kind, packet_id, reason=0):
    body = packet_id.to_bytes(2, "big") + (bytes([reason]) if reason else b"")
    return packet(kind, body, 2 if kind == PUBREL else 0)


class Fields:
    """Reads fields off the front of some bytes."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        if size > len(self.data):
            raise AssertionError("the server sent a packet that is cut short")
        out, self.data = self.data[:size], self.data[size:]
        return out

    def integer(self, size):
        return int.from_bytes(self.take(size), "big")

    def number(self):
        value = shift = 0
        while True:
            byte = self.integer(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self):
        return self.take(self.integer(2)).decode()

    def properties(self):
        inner, out = Fields(self.take(self.number())), {}
        while inner.data:
            name, form = PROPERTIES[inner.number()]
            if form == "p":
                key = inner.text()
                out.setdefault(name, {})[key] = inner.text()
            elif form in "124":
                out[name] = inner.integer(int(form))
            else:
                out[name] = inner.number() if form == "v" else inner.take(inner.integer(2))
                out[name] = out[name].decode() if form == "s" else out[name]
        return out


class Packet:
    """A packet of the server's: kind, flags, and the fields that its kind has."""

    def __init__(self, first, body, version):
        self.kind, self.flags = first >> 4, first & 15
        self.raw = bytes([first]) + number(len(body)) + body
        fields = Fields(body)
        self.properties, self.reason, self.packet_id = {}, 0, 0
        if self.kind == CONNACK:
            self.session_present, self.reason = fields.integer(1), fields.integer(1)
            self.properties = fields.properties() if version == 5 else {}
        elif self.kind == PUBLISH:
            self.topic, self.qos = fields.text(), self.flags >> 1 & 3
            self.packet_id = fields.integer(2) if self.qos else 0
            self.properties = fields.properties() if version == 5 else {}
            self.payload = fields.data
        elif self.kind in (SUBACK, UNSUBACK):
            self.packet_id = fields.integer(2)
            self.properties = fields.properties() if version == 5 else {}
            self.reasons = list(fields.data)
        elif self.kind in (PUBACK, PUBREC, PUBREL, PUBCOMP):
            self.packet_id = fields.integer(2)
        if self.kind in (PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT) and fields.data:
            self.reason = fields.integer(1)
            self.properties = fields.properties() if fields.data else {}

    def __repr__(self):
        return f"<packet {self.kind} {self.raw[:60].hex()}>"


class Client:
    """A connection to the server that sends what it is told to, and reads packets one by one."""

    def __init__(self, wire, version=5):
        self.wire, self.version, self.held = wire, version, b""
        self.wire.settimeout(LIMIT)

    def send(self, *pieces):
        self.wire.sendall(b"".join(pieces))

    def receive(self):
        """The next packet; None at the connection's end."""
        while True:
            size = self.whole()
            if size:
                data, self.held = self.held[:size], self.held[size:]
                fields = Fields(data[1:])
                fields.number()
                return Packet(data[0], fields.data, self.version)
            try:
                piece = self.wire.recv(65536)
            except (ConnectionResetError, BrokenPipeError):
                piece = b""
            if not piece:
                return None
            self.held += piece

    def whole(self):
        """The size of the first packet held, 0 if it is not whole."""
        length = shift = 0
        for at, byte in enumerate(self.held[1:5], 2):
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return at + length if len(self.held) >= at + length else 0
        return 0

    def expect(self, kind):
        """Passes over everything until a packet of this kind."""
        while True:
            got = self.receive()
            if got is None:
                raise AssertionError(f"the connection ended before a packet of kind {kind}")
            if got.kind == kind:
                return got

    def log_in(self, who, client_id="", **more):
        """CONNECT as an account that the command line made; the CONNACK, which must be a success."""
        self.send(connect(client_id, who["handle"], who["token"], version=self.version, **more))
        connack = self.expect(CONNACK)
        if connack.reason:
            raise AssertionError(f"refused with {connack.reason:#x}")
        return connack

    def end(self):
        """What the server still sends, until it closes: a list of packets."""
        out = []
        while (got := self.receive()) is not None:
            out.append(got)
        return out

    def close(self):
        self.wire.close()


def open_client(server, version=5):
    return Client(server.connect(), version)


def drop(wire):
    """Closes with a reset."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wire.close()
