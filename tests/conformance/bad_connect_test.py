"""Bad input before anybody is connected, and who is not let in: each gets the protocol's own error, is counted by its
reason, and costs the server nothing that stays."""

import mqtt
from hostile import ERRORS, MALFORMED, NOT_AUTHORIZED, REFUSED_CONNECTS, Hostile
from mqtt import packet


class BeforeConnect(Hostile):
    def assert_closed_without_a_word(self, data, reason):
        with self.counted(ERRORS, reason=reason):
            client = self.client()
            client.send(data)
            self.assertEqual(client.end(), [])

    def test_packets_before_connect_close_without_an_answer(self):
        for data in (
            mqtt.publish("me/state"),
            mqtt.subscribe("me"),
            packet(mqtt.PINGREQ),
            packet(mqtt.DISCONNECT),
            mqtt.acknowledge(mqtt.PUBREL, 1),
        ):
            self.assert_closed_without_a_word(data, "protocol_error")
        # In 3.1.1, which is spoken until a CONNECT says otherwise, there is no such type.
        self.assert_closed_without_a_word(packet(mqtt.AUTH), "malformed_packet")

    def test_packets_that_only_a_server_sends_close_too(self):
        for kind in (mqtt.CONNACK, mqtt.SUBACK, mqtt.UNSUBACK, mqtt.PINGRESP):
            self.assert_closed_without_a_word(packet(kind, b"\0\0\0"), "protocol_error")

    def test_wrong_types_and_flags_close_on_the_first_byte(self):
        self.assert_closed_without_a_word(b"\x00", "malformed_packet")
        self.assert_closed_without_a_word(b"\x13", "malformed_packet")
        self.assert_closed_without_a_word(b"GET / HTTP/1.1\r\n\r\n", "malformed_packet")

    def test_a_length_of_five_bytes_is_malformed(self):
        self.assert_closed_without_a_word(b"\x10\xff\xff\xff\xff\x01", "malformed_packet")

    def test_a_connect_that_claims_256_mb_is_refused_by_its_header(self):
        self.assert_closed_without_a_word(b"\x10\xff\xff\xff\x7f", "packet_too_large")

    def test_a_connect_cut_inside_its_fields_is_malformed(self):
        whole = mqtt.connect("x", "ada", "secret")[2:]
        for size in range(9, len(whole), 3):
            with self.counted(ERRORS, reason="malformed_packet"):
                client = self.client()
                client.send(packet(mqtt.CONNECT, whole[:size]))
                answers = client.end()
            # 5.0 section 4.13.1: where the version is known the CONNACK may say so.
            self.assertTrue(all(one.kind == mqtt.CONNACK and one.reason == MALFORMED for one in answers))

    def test_other_protocols_and_versions_are_told_so(self):
        # In the form that a client of that version most likely understands.
        for version, spoken, code in ((3, 4, 1), (6, 5, 0x84), (127, 5, 0x84), (255, 4, 1)):
            with self.counted(ERRORS, reason="unsupported_protocol_version"):
                client = self.client(spoken)
                client.send(mqtt.connect("x", "ada", "secret", version=version))
                self.assertEqual([(one.kind, one.reason) for one in client.end()], [(mqtt.CONNACK, code)])
        self.assert_closed_without_a_word(
            packet(mqtt.CONNECT, mqtt.text("HTTP") + b"\5\2\0\0\0\0\0"), "malformed_packet"
        )


class Connecting(Hostile):
    def assert_refused(self, reason_5, code_3, counted, label, **how):
        for version, expected in ((5, reason_5), (4, code_3)):
            with self.counted(counted, reason=label):
                client = self.client(version)
                client.send(mqtt.connect(version=version, **how))
                answer = client.receive()
                self.assertEqual((answer.kind, answer.reason), (mqtt.CONNACK, expected))
                self.assertEqual(client.end(), [])

    def test_wrong_tokens_and_unknown_names_look_the_same(self):
        answers = []
        wrong = self.ada["token"][:-1] + ("a" if self.ada["token"][-1] != "a" else "b")
        for user, token in (
            ("ada", wrong),
            ("nobody", wrong),
            ("ben", self.ada["token"]),
            ("ada", ""),
            ("ada", "x" * 5000),
        ):
            self.assert_refused(
                0x86, 4, REFUSED_CONNECTS, "bad_user_name_or_password", client_id="x", name=user, password=token
            )
            client = self.client()
            client.send(mqtt.connect("x", user, token))
            answers.append(client.receive().raw)
        self.assertEqual(len(set(answers)), 1)

    def test_without_a_name_or_a_token_nobody_comes_in(self):
        self.assert_refused(0x86, 4, REFUSED_CONNECTS, "bad_user_name_or_password", client_id="x")
        self.assert_refused(0x86, 4, REFUSED_CONNECTS, "bad_user_name_or_password", client_id="x", name="ada")

    def test_M3_a_will_is_refused(self):
        how = {"client_id": "x", "name": "ada", "password": self.ada["token"]}
        self.assert_refused(0x87, 5, REFUSED_CONNECTS, "not_authorized", **how, will=(f"c/{self.text}/text", b"gone"))

    def test_wildcards_in_client_ids_and_user_names_are_refused(self):
        for client_id in ("+", "a/#", "x" * 129):
            how = {"client_id": client_id, "name": "ada", "password": self.ada["token"]}
            self.assert_refused(0x85, 2, ERRORS, "client_id_not_valid", **how)
        how = {"client_id": "x", "name": "+", "password": self.ada["token"]}
        self.assert_refused(0x86, 4, ERRORS, "bad_user_name_or_password", **how)

    def test_M3_a_fifth_secondary_connection_is_refused(self):
        for _ in range(4):
            self.online(self.eve)
        how = {"client_id": "x", "name": "eve", "password": self.eve["token"]}
        self.assert_refused(0x97, 3, REFUSED_CONNECTS, "quota_exceeded", **how)

    def test_extended_authentication_is_refused(self):
        with self.counted(ERRORS, reason="bad_authentication_method"):
            client = self.client()
            client.send(mqtt.connect("x", "ada", self.ada["token"], authentication_method="SCRAM"))
            self.assertEqual(client.receive().reason, 0x8C)

    def test_Q3_a_revoked_device_is_cut_off_with_what_it_had(self):
        carla = self.hub.account("carla")
        both = self.hub.conversation("carla", "ada", more=["--open", "--name", "revoked"])
        client = self.online(carla, client_id=carla["device"], clean=False, session_expiry=3600)
        client.send(mqtt.subscribe("c/+/text"))
        client.expect(mqtt.SUBACK)
        self.hub.command("device", "revoke", carla["device"])
        self.assertEqual([(one.kind, one.reason) for one in client.end()], [(mqtt.DISCONNECT, NOT_AUTHORIZED)])
        how = {"client_id": carla["device"], "name": "carla", "password": carla["token"], "clean": False}
        self.assert_refused(0x86, 4, REFUSED_CONNECTS, "bad_user_name_or_password", **how)
        self.assertEqual(self.hub.get("/v1/state", carla["token"])[0], 401)
        said = self.online(self.ada)
        said.send(mqtt.publish(f"c/{both}/text", b"still there?"))
        self.assertEqual(said.expect(mqtt.PUBACK).reason, 0)
        # Another device of the account has a session of its own, without the revoked one's filters.
        other = carla | self.hub.command("device", "add", "carla")
        connack = self.client().log_in(other, client_id=other["device"], clean=False)
        self.assertEqual(connack.session_present, 0)
