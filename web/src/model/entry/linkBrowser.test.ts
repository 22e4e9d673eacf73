import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../../base/signal.ts";
import { asking, type Asking } from "../../testing/asking.ts";
import { fakeSession, type FakeSession } from "../../testing/session.ts";
import type { LinkingState } from "../ports.ts";
import { linkBrowserModel, type LinkBrowserModel } from "./linkBrowser.ts";

let state: Source<LinkingState>;
let asked: Asking<[string], void>;
let cancelled: number;
let backs: number;
let session: FakeSession;
let link: LinkBrowserModel;

beforeEach(() => {
  state = source<LinkingState>({ state: "none" });
  asked = asking();
  cancelled = 0;
  backs = 0;
  session = fakeSession({
    client: () => ({
      linking: {
        state,
        ask: asked.ask,
        cancel: () => {
          cancelled++;
        },
      },
    }),
  });
  link = linkBrowserModel(session, () => {
    backs++;
  });
});

const shows = (code: string, seconds = 120): void => {
  state.set({ state: "waiting", code, expires: session.platform.clock.now() + seconds * 1_000 });
};
const left = (): number | undefined => {
  const now = link.snapshot.get();
  return now.state === "waiting" ? now.left : undefined;
};

test("a code is asked for in the name of this browser, and shown when it is there", () => {
  link.ask();
  expect(asked.asked.map(({ of }) => of)).toEqual([["Firefox on Linux"]]);
  expect(link.snapshot.get()).toEqual({ state: "making" });
  shows("K7QXM2RD");
  expect(link.snapshot.get()).toEqual({
    state: "waiting",
    code: "K7QX-M2RD",
    address: "https://larkmoor.example/#link=K7QXM2RD",
    left: 120,
  });
});

test("a code that comes with its dash is shown with one", () => {
  link.ask();
  shows("K7QX-M2RD");
  expect(link.snapshot.get()).toMatchObject({
    code: "K7QX-M2RD",
    address: "https://larkmoor.example/#link=K7QXM2RD",
  });
});

test("its time runs down by seconds, and not below none", () => {
  link.ask();
  shows("K7QXM2RD", 3);
  session.platform.clock.advance(999);
  expect(left()).toBe(3);
  session.platform.clock.advance(1);
  expect(left()).toBe(2);
  session.platform.clock.advance(60_000);
  expect(left()).toBe(0);
});

test("when it has run out there is a new one, as long as one looks", () => {
  link.ask();
  shows("K7QXM2RD");
  state.set({ state: "expired" });
  expect(asked.asked).toHaveLength(2);
  expect(link.snapshot.get()).toEqual({ state: "making" });
  link.stop();
  state.set({ state: "none" });
  state.set({ state: "expired" });
  expect(asked.asked).toHaveLength(2);
});

test("for each code that has run out there is one new one", () => {
  link.ask();
  link.ask();
  shows("K7QXM2RD");
  state.set({ state: "expired" });
  expect(asked.asked).toHaveLength(3);
});

test.each(["seen", "linked", "refused", "failed"] as const)("that it was %s is shown", (now) => {
  link.ask();
  state.set(
    now === "seen"
      ? { state: now, code: "K7QXM2RD", expires: 0 }
      : now === "failed"
        ? { state: now, reason: "unexpected" }
        : { state: now },
  );
  expect(link.snapshot.get()).toEqual({ state: now });
});

test("a code that could not be asked for is said to have failed, until it is asked for again", async () => {
  link.ask();
  await asked.asked[0]?.fail("offline");
  expect(link.snapshot.get()).toEqual({ state: "failed" });
  link.actions.newCode();
  expect(link.snapshot.get()).toEqual({ state: "making" });
  shows("K7QXM2RD");
  expect(left()).toBe(120);
});

test("who goes away takes the code back", () => {
  link.ask();
  shows("K7QXM2RD");
  link.stop();
  expect(cancelled).toBe(1);
  session.platform.clock.advance(60_000);
  expect(left()).toBe(120);
});

test("a browser that is linked takes nothing back", () => {
  link.ask();
  state.set({ state: "linked" });
  link.stop();
  expect(cancelled).toBe(0);
});

test("who comes again has a code again", () => {
  link.ask();
  link.stop();
  link.ask();
  shows("K7QXM2RD");
  session.platform.clock.advance(1_000);
  expect(left()).toBe(119);
});

test("that an earlier code could not be had says nothing of a later one", async () => {
  link.ask();
  link.stop();
  link.ask();
  await asked.asked[0]?.fail("cancelled");
  shows("K7QXM2RD");
  expect(link.snapshot.get().state).toBe("waiting");
});

test("the way back is that of who shows it", () => {
  link.actions.back();
  expect(backs).toBe(1);
});
