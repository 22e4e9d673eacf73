"""WebSocket (RFC 6455) from the bytes up, a client's side: the handshake, and frames right and wrong."""

import os

from server import LIMIT, read_answer

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def handshake(**more):
    """The bytes of a handshake; a header given as None is left out."""
    headers = {
        "Host": "test",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "mqtt",
    } | {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join(["GET /mqtt HTTP/1.1", *lines, "", ""]).encode()


def frame(opcode, payload=b"", final=True, masked=True, reserved=0, length=None):
    """A frame; `length`, if given, is what its header says, whatever the payload is."""
    size = len(payload) if length is None else length
    out = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    bit = 0x80 if masked else 0
    if size < 126:
        out += bytes([bit | size])
    elif size < 65536:
        out += bytes([bit | 126]) + size.to_bytes(2, "big")
    else:
        out += bytes([bit | 127]) + size.to_bytes(8, "big")
    if not masked:
        return out + payload
    mask = os.urandom(4)
    return out + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


class WebSocket:
    """A WebSocket to the server that has the calls of a socket that mqtt.Client needs."""

    def __init__(self, server, source="", **headers):
        self.wire = server.connect("http", source)
        self.wire.sendall(handshake(**headers))
        self.status, self.headers, _ = read_answer(self.wire)
        self.held = b""
        self.close_code = None
        self.pongs = []

    def settimeout(self, seconds):
        self.wire.settimeout(seconds)

    def sendall(self, data):
        self.wire.sendall(frame(BINARY, data))

    def raw(self, data):
        self.wire.sendall(data)

    def read(self, size):
        while len(self.held) < size:
            piece = self.wire.recv(65536)
            if not piece:
                return None
            self.held += piece
        out, self.held = self.held[:size], self.held[size:]
        return out

    def frame(self):
        """(opcode, payload) of the next frame, or None at the end."""
        head = self.read(2)
        if head is None:
            return None
        if head[1] & 0x80 or head[0] & 0x70 or not head[0] & 0x80:
            raise AssertionError(f"a server's frame is whole, without mask and extension, not {head.hex()}")
        size = head[1]
        if size >= 126:
            size = int.from_bytes(self.read(2 if size == 126 else 8), "big")
        return head[0] & 15, self.read(size)

    def recv(self, _size):
        """Payload of the next binary frame; nothing at the end, whose code is then in close_code."""
        while True:
            self.wire.settimeout(LIMIT)
            got = self.frame()
            if got is None:
                return b""
            opcode, payload = got
            if opcode == BINARY:
                return payload
            if opcode == CLOSE:
                self.close_code = int.from_bytes(payload[:2], "big") if payload else 1005
                return b""
            if opcode == PONG:
                self.pongs.append(payload)

    def close(self):
        self.wire.close()
