import { expect, test } from "vitest";
import { source } from "../../base/signal.ts";
import { en } from "../../i18n/en.ts";
import { asking, problem, settled } from "../../testing/asking.ts";
import { fakeClient } from "../fake/client.ts";
import { demoWorld } from "../fake/demo.ts";
import { demoNow } from "../fake/demoTime.ts";
import { fakeHistory } from "../fake/history.ts";
import { fakePlatform } from "../fake/platform.ts";
import type { Invite, ServerInfo } from "../ports.ts";
import { routerOn } from "../router.ts";
import { welcomeModel } from "./welcome.ts";

const from = (name: string): Invite => ({ from: { handle: name.toLowerCase(), name } });

function setUp(address: string, server: Partial<ServerInfo> | Error = {}) {
  const platform = fakePlatform({ now: demoNow });
  const router = routerOn(fakeHistory(address));
  const invites = asking<[string], Invite>();
  const client = {
    ...fakeClient(demoWorld, platform.clock),
    server: () =>
      server instanceof Error ? Promise.reject(server) : Promise.resolve({ ...demoWorld.server, ...server }),
    invite: invites.ask,
  };
  const nothing = (): void => undefined;
  const parts = { client, platform, router, words: source(en) };
  return { invites, router, model: welcomeModel(parts, { accept: nothing, linkDevice: nothing }) };
}

test("an invitation says whom it is from, and is what one comes in with", async () => {
  const { invites, model } = setUp("#invite=first");
  expect(model.snapshot.get()).toEqual({ state: "loading" });
  expect(model.invite.get()).toBeUndefined();
  await invites.asked[0]?.answer(from("Anouk"));
  expect(model.snapshot.get()).toMatchObject({ state: "invited", from: { name: "Anouk" } });
  expect(model.invite.get()).toBe("first");
});

test("an invitation that is opened while another is looked at counts, whichever is answered first", async () => {
  const { invites, router, model } = setUp("#invite=first");
  router.go({ at: "invite", code: "second" });
  await invites.asked[1]?.answer(from("Theo"));
  await invites.asked[0]?.answer(from("Anouk"));
  expect(model.snapshot.get()).toMatchObject({ state: "invited", from: { name: "Theo" } });
  expect(model.invite.get()).toBe("second");
});

test("that an earlier question had no answer does not hide the answer to the next", async () => {
  const { invites, router, model } = setUp("#invite=first");
  router.go({ at: "invite", code: "second" });
  await invites.asked[1]?.answer(from("Theo"));
  await invites.asked[0]?.fail("offline");
  expect(model.snapshot.get()).toMatchObject({ state: "invited", from: { name: "Theo" } });
});

test.each([
  ["invite-unknown", "unknown"],
  ["invite-expired", "expired"],
  ["invite-used", "used"],
])("a bad invitation says why (%s)", async (reason, why) => {
  const { invites, model } = setUp("#invite=first");
  await invites.asked[0]?.fail(reason);
  expect(model.snapshot.get()).toMatchObject({ state: "bad_invite", why });
});

test("a server that is not reached is asked again when one wants that", async () => {
  const { invites, model } = setUp("#invite=first");
  await invites.asked[0]?.fail("offline");
  expect(model.snapshot.get()).toEqual({ state: "unreachable" });
  model.actions.retry();
  await invites.asked[1]?.answer(from("Anouk"));
  expect(model.snapshot.get()).toMatchObject({ state: "invited" });
});

test.each([
  ["open", "open"],
  ["closed", "closed"],
  ["invite", "invite_only"],
] as const)("without an invitation a server that is %s says so", async (signup, state) => {
  const { model } = setUp("#/", { signup });
  await settled();
  expect(model.snapshot.get()).toMatchObject({ state });
});

test("a code is taken as it is, or out of the whole address", async () => {
  const { invites, model } = setUp("#/");
  await settled();
  model.actions.enterCode();
  model.actions.setCode(" https://larkmoor.example/#invite=pasted ");
  model.actions.submitCode();
  model.actions.submitCode();
  expect(invites.asked.map(({ of }) => of)).toEqual([["pasted"]]);
  await invites.asked[0]?.answer(from("Anouk"));
  expect(model.snapshot.get()).toMatchObject({ state: "invited" });
});

test("a code that is not good stays there to be mended, with what is wrong", async () => {
  const { invites, model } = setUp("#/");
  await settled();
  model.actions.enterCode();
  model.actions.setCode("typo");
  model.actions.submitCode();
  await invites.asked[0]?.fail("invite-unknown");
  expect(model.snapshot.get()).toMatchObject({
    state: "code",
    code: "typo",
    busy: false,
    error: en.welcome.unknownTitle,
  });
  model.actions.setCode("typos");
  expect(model.snapshot.get()).toMatchObject({ state: "code", error: undefined });
});

test("that nothing was reached with a code is said, too", async () => {
  const { model } = setUp("#/", problem("offline"));
  await settled();
  expect(model.snapshot.get()).toEqual({ state: "unreachable" });
});
