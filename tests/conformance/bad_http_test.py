"""Bad input over HTTP and WebSocket, to a running server."""

import json
import unittest

import mqtt
import server
from mqtt import Client
from websocket import BINARY, CLOSE, CONTINUATION, PING, TEXT, WebSocket, frame, handshake

BAD, UPGRADES, BROKEN = (
    "dunlin_http_bad_requests_total",
    "dunlin_http_upgrades_refused_total",
    "dunlin_websockets_broken_total",
)


def setUpModule():
    global hub, ada, ben, eve, direct
    hub = server.Server()
    unittest.addModuleCleanup(hub.close)
    ada, ben, eve = (hub.account(name) for name in ("ada", "ben", "eve"))
    direct = hub.conversation("ada", "ben")


class Requests(unittest.TestCase):
    def assert_answer(self, request, status, reason=None):
        before = hub.count(BAD, reason=reason) if reason else 0
        answer = hub.ask_http(request)
        self.assertIsNotNone(answer, request[:80])
        self.assertEqual(answer[0], status, request[:80])
        if status >= 400:
            problem = json.loads(answer[2])
            self.assertEqual((answer[1]["content-type"], problem["status"]), ("application/problem+json", status))
        if reason:
            self.assertEqual(hub.count(BAD, reason=reason), before + 1)

    def test_what_is_not_http_is_told_so_and_closed(self):
        for request in (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",  # TLS
            mqtt.connect("x", "ada", "token") + b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
        ):
            self.assert_answer(request, 400, "malformed")

    def test_two_framings_of_one_body_are_refused(self):
        for lines in (
            b"Content-Length: 5\r\nContent-Length: 6",
            b"Content-Length: 5\r\nTransfer-Encoding: chunked",
            b"Transfer-Encoding: gzip",
            b"Content-Length: -1",
            b"Content-Length: 99999999999999999999999",
            b"Content-Length: 5x",
        ):
            self.assert_answer(b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + lines + b"\r\n\r\nhello", 400, "malformed")

    def test_headers_and_bodies_over_their_limit_are_told_so(self):
        self.assert_answer(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000, 431, "header_too_large")
        self.assert_answer(b"GET /" + b"x" * 9000, 431, "header_too_large")
        body = b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n" + b"x" * 1000
        self.assert_answer(body, 413, "body_too_large")

    def test_wrong_tokens_get_401_and_are_counted(self):
        for token in (None, "x", "a" * 52, ada["token"] + "a", "%00", "Ä"):
            before = hub.count(BAD, reason="unauthorized")
            status, headers, _ = hub.get("/v1/state", token)
            self.assertEqual(status, 401, token)
            self.assertIn("Bearer", headers["www-authenticate"])
            self.assertEqual(hub.count(BAD, reason="unauthorized"), before + 1)

    def test_a_foreign_and_an_unknown_conversation_differ_in_no_byte(self):
        unknown = "m" * 25 + "a"
        answers = []
        for conversation in (direct, unknown, "x", "0" * 26):
            status, headers, body = hub.get(f"/v1/conversations/{conversation}/records", eve["token"])
            self.assertEqual(status, 404)
            headers.pop("date", None)
            answers.append((sorted(headers.items()), body))
        self.assertEqual([one == answers[0] for one in answers], [True] * 4, answers)
        self.assertEqual(hub.get(f"/v1/conversations/{direct}/records", ada["token"])[0], 200)

    def test_numbers_that_overflow_are_refused(self):
        for query in ("from=0", "from=-1", "from=18446744073709551616", "limit=0", "limit=1001", "from=1e3", "from="):
            status, _, _ = hub.get(f"/v1/conversations/{direct}/records?{query}", ada["token"])
            self.assertEqual(status, 400, query)
        status, _, body = hub.get(f"/v1/conversations/{direct}/records?from=18446744073709551615", ada["token"])
        self.assertEqual((status, json.loads(body)["records"]), (200, []))

    def test_paths_lead_nowhere_else(self):
        for path in ("/../etc/passwd", "//healthz", "/healthz/", "/v1/conversations//records", "/%2e%2e/", "/v1", "*"):
            self.assertIn(hub.get(path)[0], (400, 404), path)


class Handshakes(unittest.TestCase):
    def assert_refused(self, status, counted, **headers):
        before = hub.count(UPGRADES, reason=counted)
        wire = WebSocket(hub, **headers)
        wire.close()
        self.assertEqual(wire.status, status, headers)
        self.assertEqual(hub.count(UPGRADES, reason=counted), before + 1)

    def test_what_is_no_handshake_is_refused(self):
        for status, headers in (
            (426, {"Upgrade": None}),
            (426, {"Connection": "keep-alive"}),
            (426, {"Sec_WebSocket_Version": "8"}),
            (400, {"Sec_WebSocket_Key": "short"}),
            (400, {"Sec_WebSocket_Key": None}),
            (400, {"Sec_WebSocket_Protocol": "chat"}),
            (400, {"Sec_WebSocket_Protocol": None}),
        ):
            self.assert_refused(status, "bad_handshake", **headers)

    def test_a_foreign_page_is_refused_and_an_own_one_is_not(self):
        for origin in ("https://evil.example", "null", "http://test.evil.example", "http://eviltest", "test"):
            self.assert_refused(403, "foreign_origin", Origin=origin)
        for origin in (None, "http://test"):
            wire = WebSocket(hub, Origin=origin)
            self.assertEqual(wire.status, 101, origin)
            wire.close()

    def test_an_offer_of_deflate_is_not_taken(self):
        offer = "permessage-deflate; client_max_window_bits, permessage-deflate"
        wire = WebSocket(hub, Sec_WebSocket_Extensions=offer)
        self.addCleanup(wire.close)
        self.assertEqual(wire.status, 101)
        self.assertNotIn("sec-websocket-extensions", wire.headers)
        Client(wire).log_in(ada)

    def test_what_comes_behind_the_handshake_is_not_lost(self):
        with hub.connect("http") as wire:
            wire.sendall(handshake() + frame(BINARY, mqtt.connect("x", "ada", ada["token"])))
            got = b""
            while b"dunlin" not in got:
                piece = wire.recv(65536)
                self.assertTrue(piece, got)
                got += piece


class Frames(unittest.TestCase):
    def logged_in(self):
        wire = WebSocket(hub)
        self.addCleanup(wire.close)
        server.wait_until(lambda: hub.count("dunlin_connections") == 1, "the one before to be gone")
        client = Client(wire)
        client.log_in(ada)
        return wire, client

    def test_what_breaks_a_rule_of_framing_is_told_its_code(self):
        for data, code in (
            (frame(BINARY, b"\xc0\0", masked=False), 1002),
            (frame(BINARY, b"\xc0\0", reserved=4), 1002),  # a compressed message that was not agreed on
            (frame(BINARY, b"\xc0\0", reserved=2), 1002),
            (frame(BINARY, b"\xc0\0", reserved=1), 1002),
            (frame(TEXT, b"hello"), 1003),
            (frame(3, b"x"), 1002),
            (frame(11, b"x"), 1002),
            (frame(PING, b"x" * 126), 1002),
            (frame(PING, b"x", final=False), 1002),
            (frame(CONTINUATION, b"x"), 1002),
            (frame(BINARY, b"", final=False) + frame(BINARY, b"x"), 1002),
            (frame(BINARY, b"", length=1 << 62), 1009),
            (frame(CLOSE, b"\x03"), 1002),
            (frame(CLOSE, b"\x03\xe8\xff\xfe"), 1007),
            (frame(CLOSE, (1005).to_bytes(2, "big")), 1002),
            (frame(BINARY) * 2000, 1008),
        ):
            before = hub.count(BROKEN)
            wire, client = self.logged_in()
            wire.raw(data)
            with self.subTest(data[:16]):
                self.assertEqual(client.end(), [])
                self.assertEqual(wire.close_code, code)
            self.assertEqual(hub.count(BROKEN), before + 1)
            wire.close()

    def test_a_close_is_answered_and_no_fault(self):
        before = hub.count(BROKEN)
        wire, client = self.logged_in()
        wire.raw(frame(CLOSE, (1001).to_bytes(2, "big")))
        self.assertEqual((client.end(), wire.close_code), ([], 1001))
        self.assertEqual(hub.count(BROKEN), before)

    def test_tiny_fragments_are_only_bytes(self):
        wire, client = self.logged_in()
        data = mqtt.publish(f"c/{direct}/text", b"x") + mqtt.packet(mqtt.PINGREQ)
        for at, byte in enumerate(data):
            kind = BINARY if at == 0 else CONTINUATION
            wire.raw(frame(kind, bytes([byte]), final=at == len(data) - 1) + (frame(PING, b"p") if at == 5 else b""))
        client.expect(mqtt.PINGRESP)
        self.assertIn(b"p", wire.pongs)

    def test_a_frame_cut_anywhere_ends_with_its_connection(self):
        whole = frame(BINARY, mqtt.publish("me/state", b"x" * 70000))
        for size in (1, 2, 5, 9, 13, 14, 15, 60000):
            wire, _ = self.logged_in()
            wire.raw(whole[:size])
            wire.close()
        self.assertEqual(hub.get("/healthz")[0], 200)
