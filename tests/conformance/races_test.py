"""Crowds that ask a running server for the same thing at the same moment: one of them gets it, or all get the same."""

import itertools

import mqtt
import protobuf
from mqtt import open_client
from people import CROWD, People, at_once, made, record_id

MEMBERS, NOT_AUTHORIZED = 65, 0x87  # a kind of record, a reason of MQTT


class Races(People):
    def sign_up(self, requests):
        return at_once(len(requests), lambda i: self.ask("POST", "/v1/accounts", requests[i])[0])

    def test_one_invite_with_one_use_lets_one_of_many_in(self):
        code = self.invite()
        statuses = self.sign_up([self.request(code=code) for _ in range(CROWD)])
        self.assertEqual((statuses.count(201), statuses.count(410)), (1, CROWD - 1))

    def test_one_handle_is_given_once_whatever_it_looks_like(self):
        code = self.invite(CROWD)
        looks = ("walter", "vvalter", "wa1ter", "wal.ter", "w-a-l-t-e-r")
        statuses = self.sign_up([self.request(looks[i % len(looks)], code) for i in range(CROWD)])
        self.assertEqual((statuses.count(201), statuses.count(409)), (1, CROWD - 1))

    def test_q2_one_sign_up_that_is_sent_many_times_is_one(self):
        statuses = self.sign_up([self.request()] * CROWD)
        self.assertEqual((statuses.count(201), statuses.count(200)), (1, CROWD - 1))

    def test_one_link_code_is_claimed_by_one(self):
        people = self.crowd()
        new = {"device": made(16), "device_name": "laptop", "token": made(32)}
        code = {"code": self.ask("POST", "/v1/links", new)[1]["code"]}
        statuses = at_once(CROWD, lambda i: self.ask("POST", "/v1/links/claim", code, people[i])[0])
        self.assertEqual((statuses.count(200), statuses.count(404)), (1, CROWD - 1))

    def test_s2_two_who_begin_at_once_meet_in_one_conversation(self):
        both = (self.person(), self.person())
        answers = at_once(CROWD, lambda i: self.direct(both[i % 2], both[1 - i % 2]))
        talk = answers[0][1]["conversation"]
        self.assertEqual({answer["conversation"] for _, answer in answers}, {talk})
        self.assertEqual([status for status, _ in answers].count(201), 1)
        for who in both:
            self.assertEqual(len(self.state(who)["conversations"]), 1)
            self.assertEqual([one["seq"] for one in self.records(talk, who)], [1])

    def test_s3_one_change_that_is_sent_many_times_makes_one_record(self):
        ada, ben = self.person(), self.person()
        group = self.group(ada)
        body = {"id": record_id(), "add": [ben["account"]]}
        answers = at_once(CROWD, lambda _: self.ask("POST", f"/v1/conversations/{group}/changes", body, ada))
        self.assertEqual(answers, [(200, {"seq": 2})] * CROWD)
        self.assertEqual([one["seq"] for one in self.records(group, ada)], [1, 2])

    def test_s6_a_removal_against_sending_ends_it_for_good(self):
        ada, *others = self.crowd()
        group = self.group(ada, *others)
        clients = [self.online(who) for who in others]

        def step(number):
            if number == 0:
                return self.change(group, ada, remove=[who["account"] for who in others])
            return self.send_until_refused(clients[number - 1], group)

        removed, *accepted = at_once(CROWD, step)
        self.assertEqual(removed[0], 200)
        self.assertTrue(any(accepted))
        seqs = [seq for one in accepted for seq in one]
        records = self.records(group, ada)
        said = [one["seq"] for one in records if one["kind"] == 0]
        self.assertEqual(sorted(seqs), said)
        self.assertEqual(records[-1]["seq"], removed[1]["seq"])
        self.assertEqual([one["kind"] for one in records].count(MEMBERS), 1)
        self.assertEqual(self.ask("GET", f"/v1/conversations/{group}/records", None, others[0])[0], 404)

    def send_until_refused(self, client, group):
        """The seqs of what was accepted before this client was no member any more, and nothing after."""
        first = int.from_bytes(protobuf.message_id(), "big")
        accepted, refused = [], 0
        for number in itertools.count():
            message = protobuf.send(b"hello", (first + number).to_bytes(16, "big"))
            client.send(mqtt.publish(f"c/{group}/send", message))
            answer = client.expect(mqtt.PUBACK)
            if answer.reason == 0:
                self.assertEqual(refused, 0)
                accepted.append(int(answer.properties["user"]["seq"]))
                continue
            self.assertEqual(answer.reason, NOT_AUTHORIZED)
            refused += 1
            if refused == 3:
                return accepted

    def test_q3_a_revocation_against_attaching_leaves_nobody_connected(self):
        ada = self.person()
        for _ in range(5):
            laptop = self.linked(ada)

            def step(number):
                if number == 0:
                    return self.ask("DELETE", f"/v1/devices/{laptop['device']}", None, ada)[0]
                client = open_client(self.hub)
                self.addCleanup(client.close)
                client.send(mqtt.connect("", laptop["handle"], laptop["token"]))
                return client

            status, *clients = at_once(CROWD, step)
            self.assertEqual(status, 204)
            for client in clients:
                client.end()  # each is closed by the server, whether it was let in before or not
