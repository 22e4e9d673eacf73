"""Conversations, profiles and settings over HTTP: what is changed there is told over MQTT at once, and stands in the
state; what is asked again is done once."""

import json

import mqtt
import protobuf
import server
from people import People, made, record_id, text_of
from pictures import png
from protobuf import fields

CREATED, MEMBERS, CHANGED, ADDED, REMOVED, SETTINGS, PROFILE = 64, 65, 66, 80, 81, 84, 85


class Talking(People):
    def shown(self, who, conversation):
        return next(one for one in self.state(who)["conversations"] if one["id"] == conversation)


class Conversations(Talking):
    def test_s2_a_direct_conversation_is_there_for_both_at_once(self):
        ada, ben = self.person(), self.person()
        listening = self.online(ben, "me", "c/+")
        status, made_one = self.direct(ada, ben)
        self.assertEqual(status, 201)
        talk = made_one["conversation"]
        added = fields(self.told(listening, ADDED)["body"])
        self.assertEqual((text_of(added[1]), text_of(added[7])), (talk, ada["account"]))
        shown = self.shown(ben, talk)
        self.assertEqual((shown["kind"], shown["with"], shown["member_count"]), ("direct", ada["account"], 2))
        self.assertEqual(shown["last"]["kind"], CREATED)
        self.assertEqual(self.direct(ben, ada), (200, {"conversation": talk}))

    def test_s3_a_repeated_creation_is_one(self):
        ada, ben = self.person(), self.person()
        body = {"id": record_id(), "kind": "group", "conversation": made(16), "name": "Trip"}
        body |= {"members": [ben["account"]]}
        answers = [self.ask("POST", "/v1/conversations", body, ada) for _ in range(2)]
        self.assertEqual([status for status, _ in answers], [201, 200])
        records = self.records(body["conversation"], ben)
        self.assertEqual([(one["seq"], one["id"], one["device"]) for one in records], [(1, body["id"], ada["device"])])

    def test_s1_groups_are_changed_by_those_who_may(self):
        ada, ben, eve = (self.person() for _ in range(3))
        group = self.group(ada, ben)
        self.assertEqual(self.change(group, ben, add=[eve["account"]])[0], 403)
        self.assertEqual(self.change(group, eve, add=[eve["account"]])[0], 404)
        self.assertEqual(self.change(group, ada, add=[eve["account"]]), (200, {"seq": 2}))
        self.assertEqual(self.change(group, ada, roles={ben["account"]: "admin"}), (200, {"seq": 3}))
        roles = self.ask("GET", f"/v1/conversations/{group}/members", None, eve)[1]["members"]
        expected = {ada["account"]: "owner", ben["account"]: "admin", eve["account"]: "member"}
        self.assertEqual({one["account"]: one["role"] for one in roles}, expected)
        self.assertEqual(self.change(group, ben, remove=[eve["account"]]), (200, {"seq": 4}))
        self.assertEqual(self.change(group, ada, leave=True), (200, {"seq": 5}))
        self.assertEqual(self.ask("GET", f"/v1/conversations/{group}/records", None, ada)[0], 404)
        self.assertEqual([one["seq"] for one in self.records(group, ben)], [1, 2, 3, 4, 5])
        self.assertEqual(self.shown(ben, group)["role"], "owner")

    def test_s3_a_repeated_change_has_its_first_answer_whatever_came_after(self):
        ada, ben = self.person(), self.person()
        group = self.group(ada)
        add = {"id": record_id(), "add": [ben["account"]]}
        where = f"/v1/conversations/{group}/changes"
        self.assertEqual(self.ask("POST", where, add, ada), (200, {"seq": 2}))
        self.assertEqual(self.change(group, ada, remove=[ben["account"]]), (200, {"seq": 3}))
        self.assertEqual(self.ask("POST", where, add, ada), (200, {"seq": 2}))
        members = self.ask("GET", f"/v1/conversations/{group}/members", None, ada)[1]["members"]
        self.assertEqual([one["account"] for one in members], [ada["account"]])
        leave = {"id": record_id(), "leave": True}
        left = self.ask("POST", where, leave, ada)
        self.assertEqual((left[0], self.ask("POST", where, leave, ada)), (200, left))

    def test_a_groups_look_is_told_to_its_members(self):
        ada, ben = self.person(), self.person()
        group = self.group(ada, ben)
        listening = self.online(ben, "c/+")
        picture = self.put_picture("/v1/pictures", png(1), ada)[1]["picture"]
        self.assertEqual(self.change(group, ada, name="Journey", picture=picture)[0], 200)
        changed = fields(self.told(listening, CHANGED, f"c/{group}")["body"])
        self.assertEqual((changed[1], text_of(changed[2])), (b"Journey", picture))
        shown = self.shown(ben, group)
        self.assertEqual((shown["name"], shown["picture"]), ("Journey", picture))
        self.assertEqual(self.hub.get(f"/v1/pictures/{picture}", ben["token"])[2], png(1))
        self.assertEqual(self.change(group, ada, picture=None)[0], 200)
        self.assertIsNone(self.shown(ben, group)["picture"])
        self.assertEqual(self.change(group, ben, name="Mine")[0], 403)

    def test_the_last_record_stands_in_the_state(self):
        ada, ben = self.person(), self.person()
        talk = self.direct(ada, ben)[1]["conversation"]
        writer = self.online(ada)
        id = protobuf.message_id()
        writer.send(mqtt.publish(f"c/{talk}/send", protobuf.send(b"hello", id)))
        self.assertEqual(writer.expect(mqtt.PUBACK).reason, 0)
        last = self.shown(ben, talk)["last"]
        self.assertEqual((last["seq"], last["id"], last["body"]), (2, text_of(id), "aGVsbG8="))


class Profiles(Talking):
    def test_q1_a_changed_profile_is_told_to_all_who_share_a_conversation(self):
        ada, ben, eve = (self.person() for _ in range(3))
        self.direct(ada, ben)
        phone, other, stranger = (self.online(who, "me", "me/now") for who in (ada, ben, eve))
        changed = self.ask("PATCH", "/v1/account", {"name": "Ada Lovelace", "about": "Numbers"}, ada)
        self.assertEqual((changed[0], changed[1]["version"]), (200, 2))
        for client in (phone, other):
            told = fields(self.told(client, PROFILE)["body"])
            self.assertEqual((text_of(told[1]), told[2]), (ada["account"], 2))
        seen = self.ask("GET", f"/v1/accounts/{ada['account']}", None, ben)[1]
        self.assertEqual((seen["name"], seen["about"]), ("Ada Lovelace", "Numbers"))
        self.assertEqual(self.state(ada)["profile"], changed[1])
        # Told of her own after that, and of nothing before it.
        self.ask("PATCH", "/v1/account", {"name": "Eve"}, eve)
        self.assertEqual(text_of(fields(self.told(stranger, PROFILE)["body"])[1]), eve["account"])

    def test_q1_what_was_not_told_before_a_crash_is_told_after_it(self):
        ada, ben = self.person(), self.person()
        self.direct(ada, ben)
        self.assertEqual(self.ask("PATCH", "/v1/account", {"name": "Ada L."}, ada)[0], 200)
        self.hub.kill()
        type(self).hub = server.Server(self.hub.directory, settings=self.settings)
        self.addClassCleanup(self.hub.close)
        told = fields(self.told(self.online(ben, "me"), PROFILE)["body"])
        self.assertEqual((text_of(told[1]), told[2]), (ada["account"], 2))
        self.assertEqual(self.state(ada)["profile"]["name"], "Ada L.")

    def test_a_picture_is_known_by_its_bytes_and_served_inert(self):
        ada, ben = self.person(), self.person()
        self.assertEqual(self.put_picture("/v1/account/picture", b"<svg onload='x()'/>", ada)[0], 415)
        self.assertEqual(self.put_picture("/v1/account/picture", png(2) + b"x" * 256 * 1024, ada)[0], 413)
        status, answer = self.put_picture("/v1/account/picture", png(2), ada)
        self.assertEqual(status, 200)
        status, headers, data = self.hub.get(f"/v1/pictures/{answer['picture']}", ben["token"])
        self.assertEqual((status, data, headers["content-type"]), (200, png(2), "image/png"))
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertIn("sandbox", headers["content-security-policy"])
        self.assertEqual(headers["cache-control"], "private, max-age=31536000, immutable")
        self.assertEqual(self.hub.get(f"/v1/pictures/{answer['picture']}")[0], 401)
        self.assertIsNone(self.ask("DELETE", "/v1/account/picture", None, ada)[1]["picture"])
        self.assertEqual(self.hub.get(f"/v1/pictures/{answer['picture']}", ben["token"])[0], 404)

    def test_people_are_found(self):
        ada, ben = self.person("augusta"), self.person()
        self.ask("PATCH", "/v1/account", {"name": "Countess of Lovelace"}, ada)
        found = self.ask("GET", "/v1/directory?q=count%20love", None, ben)[1]["profiles"]
        self.assertEqual([one["handle"] for one in found], ["augusta"])
        self.assertEqual(self.ask("GET", "/v1/accounts/@AUGUSTA", None, ben)[1]["account"], ada["account"])
        both = {"accounts": [ada["account"], made(16), ben["account"]]}
        self.assertEqual(len(self.ask("POST", "/v1/accounts/lookup", both, ben)[1]["profiles"]), 2)

    def test_a_discreet_directory_knows_only_exact_handles(self):
        hub = server.Server(settings={"directory.policy": "exact"})
        self.addCleanup(hub.close)
        token = hub.account("augusta")["token"]
        self.assertEqual(hub.ask("GET", "/v1/directory?q=augus", None, token)[1], {"profiles": []})
        found = hub.ask("GET", "/v1/directory?q=Augusta", None, token)[1]["profiles"]
        self.assertEqual([one["handle"] for one in found], ["augusta"])


class Settings(Talking):
    def test_q1_settings_are_told_to_the_other_devices_and_stand_in_the_state(self):
        ada, ben, eve = (self.person() for _ in range(3))
        laptop = self.linked(ada)
        talk = self.direct(ada, ben)[1]["conversation"]
        other = self.online(laptop, "me")
        path = f"/v1/conversations/{talk}/settings"
        self.assertEqual(self.ask("PUT", path, {"pinned": True}, ada), (200, {"version": 1}))
        told = fields(self.told(other, SETTINGS)["body"])
        self.assertEqual((text_of(told[1]), told[2], json.loads(told[3])), (talk, 1, {"pinned": True}))
        self.assertEqual(self.ask("PUT", "/v1/settings", {"theme": "dark"}, ada), (200, {"version": 2}))
        told = fields(self.told(other, SETTINGS)["body"])
        self.assertEqual((told.get(1), told[2], json.loads(told[3])), (None, 2, {"theme": "dark"}))
        state = self.state(laptop)
        self.assertEqual(state["settings"], {"version": 2, "settings": {"theme": "dark"}})
        kept = {"version": 1, "settings": {"pinned": True}}
        self.assertEqual(state["conversations"][0]["settings"], kept)
        self.assertEqual(self.ask("GET", path, None, laptop)[1], kept)
        self.assertIsNone(self.state(ben)["conversations"][0]["settings"])
        self.assertEqual(self.ask("PUT", path, {"pinned": True}, ada), (200, {"version": 1}))
        self.assertEqual(self.ask("PUT", path, {"pinned": True}, eve)[0], 404)
