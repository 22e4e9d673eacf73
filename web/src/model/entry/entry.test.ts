import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../../base/signal.ts";
import { settled } from "../../testing/asking.ts";
import { fakeSession, type FakeSession } from "../../testing/session.ts";
import { demoWorld } from "../fake/demo.ts";
import type { LinkingState } from "../ports.ts";
import { entryModel, type EntryModel } from "./entry.ts";

let linking: Source<LinkingState>;
let cancelled: number;
let codes: number;
let invites: string[];
let handles: string[];
let signedUp: unknown[];
let session: FakeSession;
let entry: EntryModel;

async function open(address = "#/"): Promise<void> {
  session = fakeSession({
    address,
    world: { ...demoWorld, connection: { state: "signed_out" } },
    client: (fake) => ({
      invite: (code) => {
        invites.push(code);
        return fake.invite(code);
      },
      handle: (handle, invite) => {
        handles.push(`${handle} by ${invite ?? "nobody"}`);
        return fake.handle(handle);
      },
      signUp: (wish) => {
        signedUp.push(wish);
        return fake.signUp(wish);
      },
      linking: {
        state: linking,
        ask: () => {
          codes++;
          return Promise.resolve();
        },
        cancel: () => {
          cancelled++;
        },
      },
    }),
  });
  entry = entryModel(session);
  await settled();
}

beforeEach(() => {
  linking = source<LinkingState>({ state: "none" });
  cancelled = 0;
  codes = 0;
  invites = [];
  handles = [];
  signedUp = [];
});

test("one comes in at the door", async () => {
  await open();
  expect(entry.snapshot.get()).toMatchObject({ at: "welcome", welcome: { state: "invite_only" } });
});

test("who was invited comes in by the invitation", async () => {
  await open("#invite=thanks");
  expect(entry.snapshot.get()).toMatchObject({ at: "welcome", welcome: { state: "invited", from: { name: "Anouk" } } });
  entry.welcome.accept();
  expect(entry.snapshot.get()).toMatchObject({ at: "sign_up" });
  entry.signUp.setName("Mia");
  entry.signUp.setHandle("mia");
  session.platform.clock.advance(300);
  await settled();
  expect(handles).toEqual(["mia by thanks"]);
  entry.signUp.submit();
  await settled();
  expect(signedUp).toEqual([{ handle: "mia", name: "Mia", deviceName: "Firefox on Linux", invite: "thanks" }]);
});

test("who goes back to the door finds what they wrote when they come again", async () => {
  await open("#invite=thanks");
  entry.welcome.accept();
  entry.signUp.setName("Mia");
  entry.signUp.back();
  expect(entry.snapshot.get().at).toBe("welcome");
  entry.welcome.accept();
  expect(entry.snapshot.get()).toMatchObject({ at: "sign_up", signUp: { name: "Mia" } });
});

test("who has an account asks for a code, and takes it back on the way out", async () => {
  await open();
  entry.welcome.linkDevice();
  expect(codes).toBe(1);
  linking.set({ state: "waiting", code: "K7QXM2RD", expires: session.platform.clock.now() + 60_000 });
  expect(entry.snapshot.get()).toMatchObject({ at: "link", link: { state: "waiting", left: 60 } });
  entry.link.back();
  expect(entry.snapshot.get().at).toBe("welcome");
  expect(cancelled).toBe(1);
});

test("after its end nothing is asked for any more", async () => {
  await open("#invite=thanks");
  entry.welcome.accept();
  entry.signUp.setHandle("mia");
  entry.welcome.linkDevice();
  entry.end();
  linking.set({ state: "expired" });
  session.router.go({ at: "invite", code: "old" });
  session.platform.clock.advance(60_000);
  await settled();
  expect(codes).toBe(1);
  expect(handles).toEqual([]);
  expect(invites).toEqual(["thanks"]);
});
