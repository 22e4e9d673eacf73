import { expect, test } from "vitest";
import { source } from "../../base/signal.ts";
import { en } from "../../i18n/en.ts";
import { asking } from "../../testing/asking.ts";
import { fakeClient } from "../fake/client.ts";
import { demoWorld } from "../fake/demo.ts";
import { demoNow } from "../fake/demoTime.ts";
import { fakeHistory } from "../fake/history.ts";
import { fakePlatform } from "../fake/platform.ts";
import type { SignUpWish } from "../ports.ts";
import { routerOn } from "../router.ts";
import { signUpModel } from "./signUp.ts";

function setUp() {
  const platform = fakePlatform({ now: demoNow });
  const handles = asking<[string, string?], { readonly handle: string; readonly free: boolean }>();
  const wishes = asking<[SignUpWish], undefined>();
  const client = { ...fakeClient(demoWorld, platform.clock), handle: handles.ask, signUp: wishes.ask };
  const parts = { client, platform, router: routerOn(fakeHistory("#/")), words: source(en) };
  const { snapshot, actions } = signUpModel(parts, source("code"), () => undefined);
  return { platform, handles, wishes, snapshot, actions };
}

test("whether a handle is free is asked once one stops typing", async () => {
  const { platform, handles, snapshot, actions } = setUp();
  for (const text of ["gre", "gret", "@Greta"]) {
    actions.setHandle(text);
    expect(snapshot.get().handleState).toBe("checking");
    platform.clock.advance(299);
  }
  expect(handles.asked).toEqual([]);
  platform.clock.advance(1);
  expect(handles.asked.map(({ of }) => of)).toEqual([["greta", "code"]]);
  await handles.asked[0]?.answer({ handle: "greta", free: true });
  expect(snapshot.get().handleState).toBe("free");
});

test("an answer about another handle says nothing of the one that is typed", async () => {
  const { platform, handles, snapshot, actions } = setUp();
  actions.setHandle("greta");
  platform.clock.advance(300);
  actions.setHandle("greta.b");
  await handles.asked[0]?.answer({ handle: "greta", free: false });
  expect(snapshot.get().handleState).toBe("checking");
});

test.each([
  ["", "empty"],
  ["g", "empty"],
  ["gréta", "bad"],
  ["greta blom", "bad"],
  ["-greta", "bad"],
])("what has not the shape of a handle is not asked for: %j is %s", (text, state) => {
  const { platform, handles, snapshot, actions } = setUp();
  actions.setHandle(text);
  platform.clock.advance(1_000);
  expect(snapshot.get().handleState).toBe(state);
  expect(handles.asked).toEqual([]);
});

test("one may come in before it is known whether the handle is free", () => {
  const { wishes, actions } = setUp();
  actions.setName(" Greta ");
  actions.setHandle("greta");
  actions.submit();
  actions.submit();
  expect(wishes.asked.map(({ of }) => of)).toEqual([
    [{ handle: "greta", name: "Greta", deviceName: "Firefox on Linux", invite: "code" }],
  ]);
});

test("a handle that was taken stays taken when the answer from before comes late", async () => {
  const { platform, handles, wishes, snapshot, actions } = setUp();
  actions.setName("Greta");
  actions.setHandle("greta");
  platform.clock.advance(300);
  actions.submit();
  await wishes.asked[0]?.fail("handle-taken");
  expect(snapshot.get()).toMatchObject({ handleState: "taken", busy: false });
  await handles.asked[0]?.answer({ handle: "greta", free: true });
  expect(snapshot.get().handleState).toBe("taken");
});

test("a handle that was refused is not asked for any more", async () => {
  const { platform, handles, wishes, snapshot, actions } = setUp();
  actions.setName("Greta");
  actions.setHandle("greta");
  actions.submit();
  await wishes.asked[0]?.fail("handle-alike");
  platform.clock.advance(1_000);
  expect(handles.asked).toEqual([]);
  expect(snapshot.get().handleState).toBe("look_alike");
});

test("nobody comes in without a name", () => {
  const { wishes, snapshot, actions } = setUp();
  actions.setHandle("greta");
  actions.setName("  ");
  actions.submit();
  expect(snapshot.get().nameError).toBe(en.signUp.nameMissing);
  expect(wishes.asked).toEqual([]);
});

test.each([
  ["offline", en.welcome.unreachable],
  ["rate-limited", en.app.tooMany],
  ["invite-used", en.welcome.usedTitle],
  ["unexpected", en.app.failed],
])("what went wrong is said (%s), until one types again", async (reason, text) => {
  const { wishes, snapshot, actions } = setUp();
  actions.setName("Greta");
  actions.setHandle("greta");
  actions.submit();
  await wishes.asked[0]?.fail(reason);
  expect(snapshot.get()).toMatchObject({ busy: false, error: text });
  actions.setHandle("greta.b");
  expect(snapshot.get().error).toBeUndefined();
});
