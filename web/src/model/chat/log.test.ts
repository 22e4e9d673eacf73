import { expect, test } from "vitest";
import { computed, source } from "../../base/signal.ts";
import { asking, settled } from "../../testing/asking.ts";
import { fakeSession } from "../../testing/session.ts";
import { demoWorld } from "../fake/demo.ts";
import type { Conversation, ConversationSummary, Message, MessageWindow } from "../ports.ts";
import { unreadKey } from "../rows.ts";
import { logModel, type LogModel, type Places } from "./log.ts";

const id = demoWorld.conversations[2]?.id ?? "";

const message = (seq: number): Message => ({
  key: `m${seq}`,
  conversation: id,
  account: "anouk".padEnd(26, "a"),
  mine: false,
  seq,
  ts: seq * 60_000,
  content: { type: "text", text: `number ${seq}` },
  state: { state: "incoming" },
});
const range = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, n) => message(from + n));

interface Choices {
  readonly window: Partial<MessageWindow>;
  readonly summary?: Partial<ConversationSummary>;
  readonly places?: Places;
}

/** A conversation whose window the test moves. */
function setUp({ window, summary = {}, places = new Map() }: Choices) {
  const attended = source(true);
  const session = fakeSession({ platform: () => ({ attended }) });
  const messages = source<MessageWindow>({ messages: [], hasOlder: false, hasNewer: false, loading: false, ...window });
  const older = asking<[], undefined>();
  const latest = asking<[], undefined>();
  const read: number[] = [];
  const conversation: Conversation = {
    ...session.client.conversation(id),
    messages,
    loadOlder: older.ask,
    showLatest: latest.ask,
    markRead: (seq) => {
      read.push(seq);
    },
  };
  const [first] = session.client.conversations.get().filter((one) => one.id === id);
  if (first === undefined) throw new Error("there is no such conversation");
  const model = logModel({
    session,
    conversation,
    summary: source<ConversationSummary | undefined>({ ...first, unread: 0, read: 0, ...summary }),
    roles: computed(() => new Map()),
    places,
  });
  const set = (next: Partial<MessageWindow>): void => {
    messages.set({ ...messages.get(), ...next });
  };
  return { session, attended, model, set, older, latest, read };
}

const start = ({ snapshot }: LogModel): unknown => snapshot.get()?.start;

test("a conversation opens at its end", () => {
  expect(start(setUp({ window: { messages: range(1, 9) } }).model)).toEqual({ at: "end" });
});

test("nothing is shown before its messages are there", () => {
  const { model, set } = setUp({ window: { loading: true } });
  expect(model.snapshot.get()).toBeUndefined();
  set({ loading: false, messages: range(1, 9) });
  expect(start(model)).toEqual({ at: "end" });
});

test("it opens at what is unread", () => {
  const { model } = setUp({ window: { messages: range(1, 9) }, summary: { unread: 3, read: 6 } });
  expect(start(model)).toEqual({ at: "share", key: unreadKey, share: 1 / 3 });
});

test("older messages are fetched until what is unread is there", async () => {
  const { model, set, older } = setUp({
    window: { messages: range(50, 99), hasOlder: true },
    summary: { unread: 90, read: 9 },
  });
  expect(model.snapshot.get()).toBeUndefined();
  set({ messages: range(5, 99) });
  await older.asked[0]?.answer(undefined);
  expect(start(model)).toEqual({ at: "share", key: unreadKey, share: 1 / 3 });
  expect(older.asked.length).toBe(1);
});

test("with very many unread messages it opens at the end", () => {
  const { model } = setUp({ window: { messages: range(900, 999), hasOlder: true }, summary: { unread: 990, read: 9 } });
  expect(start(model)).toEqual({ at: "end" });
});

test("it opens where it was left", () => {
  const place = { at: "row", key: "m4", top: 12 } as const;
  const { model } = setUp({ window: { messages: range(1, 9) }, places: new Map([[id, place]]) });
  expect(start(model)).toEqual(place);
});

/** Where it was left cannot be found again: the window goes back as far as it may, and lets go of the newest. */
async function lostPlace(): Promise<ReturnType<typeof setUp>> {
  const places: Places = new Map([[id, { at: "row", key: "gone", top: 0 }]]);
  const one = setUp({ window: { messages: range(500, 599), hasOlder: true }, places });
  for (let fetched = 0; fetched < 5; fetched++) {
    one.set({ messages: range(400 - 50 * fetched, 499 - 50 * fetched), hasNewer: true });
    await one.older.asked[fetched]?.answer(undefined);
  }
  return one;
}

test("where it was left is looked for in so many steps, then it opens at the end, where the newest are", async () => {
  const { model, set, older, latest } = await lostPlace();
  expect(older.asked.length).toBe(5);
  expect(latest.asked.length).toBe(1);
  expect(model.snapshot.get()).toBeUndefined();
  set({ messages: range(540, 599), hasNewer: false });
  await latest.asked[0]?.answer(undefined);
  expect(model.snapshot.get()).toMatchObject({ start: { at: "end" }, ended: true });
  expect(model.snapshot.get()?.rows.at(-1)?.key).toContain("m599");
  expect(latest.asked.length).toBe(1);
});

test("it opens also when the newest cannot be had", async () => {
  const { model, latest } = await lostPlace();
  await latest.asked[0]?.fail("store");
  expect(model.snapshot.get()).toMatchObject({ start: { at: "end" }, ended: false });
});

test("what is in sight is told to be read, once somebody looks", () => {
  const { attended, model, read } = setUp({ window: { messages: range(1, 9) }, summary: { unread: 3, read: 6 } });
  attended.set(false);
  model.actions.seen("m8");
  model.actions.seen("m7");
  expect(read).toEqual([]);
  attended.set(true);
  expect(read).toEqual([8]);
});

test("what was read before is not told again", () => {
  const { model, read } = setUp({ window: { messages: range(1, 9) }, summary: { unread: 3, read: 6 } });
  model.actions.seen("m5");
  expect(read).toEqual([]);
});

test("older messages are asked for one request at a time, and again after one that failed", async () => {
  const { model, older } = setUp({ window: { messages: range(50, 99), hasOlder: true } });
  model.actions.loadOlder();
  model.actions.loadOlder();
  expect(older.asked.length).toBe(1);
  await older.asked[0]?.fail("offline");
  await settled();
  model.actions.loadOlder();
  expect(older.asked.length).toBe(2);
});

test("a message that comes while one looks enters, for a moment", () => {
  const { session, model, set } = setUp({ window: { messages: range(1, 9) } });
  const fresh = (): string[] =>
    (model.snapshot.get()?.rows ?? [])
      .filter((row) => row.kind === "message" && row.message.fresh)
      .map(({ key }) => key);
  set({ messages: range(1, 10) });
  expect(fresh()).toEqual(["m10"]);
  session.platform.clock.advance(1_000);
  expect(fresh()).toEqual([]);
  set({ messages: range(1, 40) });
  expect(fresh()).toEqual([]);
});

test("what is sent takes away the line above what was unread", () => {
  const { model } = setUp({ window: { messages: range(1, 9) }, summary: { unread: 3, read: 6 } });
  const divided = (): boolean => (model.snapshot.get()?.rows ?? []).some(({ key }) => key === unreadKey);
  expect(divided()).toBe(true);
  model.sent();
  expect(divided()).toBe(false);
  expect(model.snapshot.get()?.sent).toBe(1);
});
