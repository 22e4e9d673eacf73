"""People who come by themselves: invites, signing up, linking and logging out devices; and MQTT at once with what HTTP
has answered."""

import concurrent.futures
import json
import pathlib
import subprocess
import tempfile
import unittest

import mqtt
import server
from mqtt import open_client
from people import People, made
from websocket import WebSocket


class SigningUp(People):
    def test_q1_who_was_let_in_connects_at_once_and_is_told_of_conversations(self):
        ada, ben = self.person(), self.person()
        client = self.online(ada, "c/+", "me")
        status, talk = self.direct(ben, ada)
        self.assertEqual(status, 201)
        self.told(client, 80)
        self.assertEqual([one["id"] for one in self.state(ada)["conversations"]], [talk["conversation"]])

    def test_q2_a_repeat_is_answered_the_same_also_after_a_crash(self):
        who = self.request()
        self.assertEqual(self.ask("POST", "/v1/accounts", who)[0], 201)
        self.assertEqual(self.ask("POST", "/v1/accounts", who)[0], 200)
        self.hub.kill()
        type(self).hub = server.Server(self.hub.directory, settings=self.settings)
        self.addClassCleanup(self.hub.close)
        self.assertEqual(self.ask("POST", "/v1/accounts", who)[0], 200)
        self.online(who)

    def test_invites_are_counted_listed_and_taken_back(self):
        code = self.invite(2)
        self.assertEqual(self.ask("GET", f"/v1/invites/{code}")[0], 200)
        self.person(code=code)
        lines = self.hub.run("invite", "list").stdout.splitlines()
        one = next(one for one in map(json.loads, lines) if one["code"] == code)
        self.assertEqual((one["uses"], one["used"], one["state"]), (2, 1, "good"))
        self.assertEqual(one["link"], f"http://{self.hub.addresses['http']}/#invite={code}")
        self.hub.command("invite", "revoke", code)
        refusal = self.reason(self.ask("POST", "/v1/accounts", self.request(code=code)))
        self.assertEqual(refusal, (410, "invite-expired"))

    def test_an_invite_says_whom_it_is_from(self):
        ada = self.person("ada.from")
        code = self.invite(1, "--from", "ada.from")
        who = self.ask("GET", f"/v1/invites/{code}")[1]["from"]
        self.assertEqual(who, {"handle": ada["handle"], "name": "Somebody"})

    def test_a_handle_is_asked_for_with_an_invite(self):
        code = self.invite()
        self.assertEqual(self.reason(self.ask("GET", "/v1/handles/grace"))[1], "invite-unknown")
        free = {"handle": "grace", "free": True}
        self.assertEqual(self.ask("GET", f"/v1/handles/%40Grace?invite={code}"), (200, free))
        self.person("grace")
        self.assertFalse(self.ask("GET", f"/v1/handles/gra.ce?invite={code}")[1]["free"])

    def test_the_operators_accounts_need_no_invite(self):
        who = self.hub.account("operator.made")
        self.assertEqual(self.ask("GET", "/v1/account", None, who)[1]["handle"], "operator.made")

    def test_an_account_with_a_conversations_id_is_refused_and_in_nobodys_way(self):
        group = self.group(self.person())
        for _ in range(3):
            who = self.request() | {"account": group}
            self.assertEqual(self.reason(self.ask("POST", "/v1/accounts", who)), (409, "conflict"))
            self.assertEqual(self.ask("GET", "/v1/account", None, who)[0], 401)
        self.assertEqual(self.hub.count("dunlin_accounts_telling"), 0)
        self.person()


class Policies(unittest.TestCase):
    def signing_up(self, policy):
        hub = server.Server(settings={"signup.policy": policy})
        self.addCleanup(hub.close)
        who = {"account": made(16), "handle": "ada", "name": "Ada", "device": made(16), "device_name": "phone"}
        status, answer = hub.ask("POST", "/v1/accounts", who | {"token": made(32)})
        self.assertEqual(hub.ask("GET", "/v1/server")[1]["signup"], policy)
        return status, answer.get("type")

    def test_an_open_server_takes_everybody(self):
        self.assertEqual(self.signing_up("open"), (201, None))

    def test_a_closed_server_takes_nobody(self):
        self.assertEqual(self.signing_up("closed"), (403, "urn:dunlin:problem:signup-closed"))

    def test_an_invites_server_wants_one(self):
        self.assertEqual(self.signing_up("invite"), (404, "urn:dunlin:problem:invite-unknown"))


class Limits(People):
    settings = {f"rates.{name}": 3 for name in ("sign_ups", "sign_ins", "checks", "links", "claims", "lookups")}

    def limited(self, ask):
        """Four of these: the last has to wait."""
        answers = [ask() for _ in range(4)]
        self.assertEqual([status == 429 for status, _ in answers], [False, False, False, True], answers)
        self.assertEqual(answers[3][1]["type"], "urn:dunlin:problem:rate-limited")

    def test_each_thing_that_can_be_guessed_is_limited(self):
        ada = self.hub.account("ada")
        self.limited(lambda: self.ask("POST", "/v1/accounts", {}))
        self.limited(lambda: self.ask("GET", "/v1/invites/nothing"))
        self.limited(lambda: self.ask("POST", "/v1/links", {}))
        self.limited(lambda: self.ask("POST", "/v1/links/claim", {"code": "AAAA-AAAA"}, ada))
        self.limited(lambda: self.ask("GET", "/v1/accounts/@nobody", None, ada))
        self.limited(lambda: self.ask("GET", "/v1/account", None, {"token": made(32)}))

    def test_wrong_tokens_over_mqtt_are_limited_by_address(self):
        hub = server.Server(settings={"rates.sign_ins": 3, "shards": 1, "web.proxies": "127.0.0.4"})
        self.addCleanup(hub.close)
        ada = hub.account("ada")

        def log_in(address, token, version=5, through=None):
            """The reason in the CONNACK."""
            wire = WebSocket(hub, address, **through) if through else hub.connect(source=address)
            client = mqtt.Client(wire, version)
            client.send(mqtt.connect("", "ada", token, version=version))
            reason = client.expect(mqtt.CONNACK).reason
            client.close()
            return reason

        for version, wrong, wait in ((5, 0x86, 0x9F), (4, 4, 3)):
            address = f"127.0.0.{10 + version}"
            reasons = [log_in(address, made(32), version) for _ in range(4)]
            self.assertEqual(reasons, [wrong, wrong, wrong, wait])
            # Whatever the token is: it is not looked at.
            self.assertEqual(log_in(address, ada["token"], version), wait)
        self.assertEqual(hub.count("dunlin_connects_refused_total", reason="connection_rate_exceeded"), 4)
        self.assertEqual(log_in("127.0.0.1", ada["token"]), 0)
        # A proxy of TCP says nothing of whom it speaks for; one of HTTP does.
        self.assertEqual([log_in("127.0.0.4", made(32)) for _ in range(5)], [0x86] * 5)
        one, other = ({"X_Forwarded_For": f"192.0.2.{n}"} for n in (1, 2))
        reasons = [log_in("127.0.0.4", made(32), through=one) for _ in range(4)]
        self.assertEqual(reasons, [0x86] * 3 + [0x9F])
        self.assertEqual(log_in("127.0.0.4", ada["token"], through=other), 0)


class Devices(People):
    def test_a_linked_device_connects_at_once(self):
        ada = self.person()
        laptop = self.linked(ada)
        self.online(laptop)
        listed = self.ask("GET", "/v1/devices", None, laptop)[1]["devices"]
        self.assertEqual([(one["name"], one["current"]) for one in listed], [("phone", False), ("laptop", True)])

    def test_q3_a_revoked_device_is_cut_off_at_once(self):
        ada = self.person()
        laptop = self.linked(ada)
        client = self.online(laptop)
        self.assertEqual(self.ask("DELETE", f"/v1/devices/{laptop['device']}", None, ada)[0], 204)
        left = client.end()
        self.assertEqual((left[-1].kind, left[-1].reason), (mqtt.DISCONNECT, 0x87))
        self.assertEqual(self.ask("GET", "/v1/state", None, laptop)[0], 401)
        again = open_client(self.hub)
        self.addCleanup(again.close)
        again.send(mqtt.connect(laptop["device"], laptop["handle"], laptop["token"]))
        self.assertNotEqual(again.expect(mqtt.CONNACK).reason, 0)

    def test_q3_a_revoked_device_loses_the_code_that_it_claimed(self):
        ada = self.person()
        laptop = self.linked(ada)
        new = {"device": made(16), "device_name": "tablet", "token": made(32)}
        link = self.ask("POST", "/v1/links", new)[1]
        self.assertEqual(self.ask("POST", "/v1/links/claim", {"code": link["code"]}, laptop)[0], 200)
        self.assertEqual(self.ask("DELETE", f"/v1/devices/{laptop['device']}", None, ada)[0], 204)
        self.assertEqual(self.ask("POST", f"/v1/links/{link['link']}/confirm", None, laptop)[0], 401)
        self.assertEqual(self.ask("GET", f"/v1/links/{link['link']}", None, new)[1], {"state": "refused"})
        self.assertEqual(self.ask("GET", "/v1/account", None, new)[0], 401)

    def test_a_refused_device_is_told_so(self):
        ada = self.person()
        new = {"device": made(16), "device_name": "tablet", "token": made(32)}
        link = self.ask("POST", "/v1/links", new)[1]
        self.ask("POST", "/v1/links/claim", {"code": link["code"]}, ada)
        seen = self.ask("GET", f"/v1/links/{link['link']}", None, new)[1]
        self.assertEqual(seen, {"state": "seen", "handle": ada["handle"]})
        self.assertEqual(self.ask("POST", f"/v1/links/{link['link']}/refuse", None, ada)[0], 200)
        self.assertEqual(self.ask("GET", f"/v1/links/{link['link']}", None, new)[1], {"state": "refused"})
        self.assertEqual(self.ask("GET", "/v1/account", None, new)[0], 401)

    def test_a_stop_sends_home_who_waits_for_a_link(self):
        hub = server.Server()
        self.addCleanup(hub.close)
        new = {"device": made(16), "device_name": "laptop", "token": made(32)}
        link = hub.ask("POST", "/v1/links", new)[1]["link"]
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waits = pool.submit(hub.ask, "GET", f"/v1/links/{link}?wait=25", None, new["token"])
            server.wait_until(lambda: hub.count("dunlin_links_waits") == 1, "the wait")
            code, _ = hub.stop()
            self.assertEqual((waits.result()[1], code), ({"state": "waiting"}, 0))


class App(unittest.TestCase):
    def test_a_new_server_prints_the_link_of_its_first_people(self):
        with tempfile.TemporaryDirectory() as scratch:
            (pathlib.Path(scratch) / "index.html").write_text("<!doctype html>")
            settings = {"web.root": scratch, "web.url": "https://chat.example/"}
            hub = server.Server(settings=settings)
            self.addCleanup(hub.close)
            self.assertEqual(hub.get("/")[2], b"<!doctype html>")
            link = next(line.strip() for line in hub.log().splitlines() if "/#invite=" in line)
            self.assertTrue(link.startswith("https://chat.example/#invite="), link)
            self.assertEqual(hub.ask("GET", "/v1/invites/" + link.partition("=")[2])[0], 200)
            hub.stop()
            again = server.Server(hub.directory, settings=settings)
            self.addCleanup(again.close)
            self.assertEqual(again.log().count(link), 2)
            again.account("ada")
            again.stop()
            third = server.Server(hub.directory, settings=settings)
            self.addCleanup(third.close)
            self.assertEqual(third.log().count(link), 2)

    def test_a_new_server_without_an_app_prints_the_link_too(self):
        hub = server.Server()
        self.addCleanup(hub.close)
        code = hub.log().partition("/#invite=")[2].split()[0]
        self.assertEqual(hub.ask("GET", f"/v1/invites/{code}")[0], 200)

    def test_a_root_without_an_app_is_a_wrong_configuration(self):
        with tempfile.TemporaryDirectory() as scratch:
            command = [server.program, "serve", "--data", scratch + "/data", "--set", f"web.root={scratch}"]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=server.LIMIT)
        self.assertEqual(ended.returncode, 2)
        self.assertIn("no index.html", ended.stderr)

    def test_pages_of_named_origins_may_ask_and_others_may_not(self):
        hub = server.Server(settings={"web.allowed_origins": "https://chat.example"})
        self.addCleanup(hub.close)
        ada = hub.account("ada")

        def asked_from(origin):
            return hub.ask("GET", "/v1/account", None, ada["token"], [f"Origin: {origin}"])[0]

        self.assertEqual(asked_from("https://chat.example"), 200)
        self.assertEqual(asked_from("http://test"), 200)  # the server's own, as its Host says
        for origin in ("https://evil.example", "https://chat.example.evil.example", "null"):
            self.assertEqual(asked_from(origin), 403, origin)
