import { beforeEach, expect, test } from "vitest";
import { computed, source, type Source } from "../../base/signal.ts";
import { en } from "../../i18n/en.ts";
import { asking, type Asking } from "../../testing/asking.ts";
import { fakeSession, type FakeSession } from "../../testing/session.ts";
import type { EmojiSnapshot } from "../../views/EmojiPicker/EmojiPicker.tsx";
import { idOf } from "../fake/people.ts";
import { composerModel, type ComposerModel } from "./composer.ts";

const id = idOf("dtheo");

let sending: Asking<[{ readonly text: string }], string>;
let kept: string[];
let typing: boolean[];
let sent: number;
let loads: number;
let picked: string[];
let emoji: Source<EmojiSnapshot>;
let session: FakeSession;
let composer: ComposerModel;

function open(): void {
  const { client } = session;
  composer = composerModel({
    session,
    conversation: {
      ...client.conversation(id),
      send: sending.ask,
      setDraft: (text) => kept.push(text),
      typing: (stopped = false) => typing.push(!stopped),
    },
    summary: computed((read) => read(client.conversations).find((one) => one.id === id)),
    emoji: { snapshot: emoji, load: () => loads++, pick: (char) => picked.push(char) },
    onSent: () => sent++,
  });
}

beforeEach(() => {
  sending = asking();
  kept = [];
  typing = [];
  sent = 0;
  loads = 0;
  picked = [];
  emoji = source<EmojiSnapshot>({ state: "loading" });
  session = fakeSession();
  open();
});

const draft = (): string => composer.snapshot.get().draft;
const write = (text: string): void => {
  composer.actions.setDraft(text);
};
const pass = (ms: number): void => {
  session.platform.clock.advance(ms);
};

test("one goes on with what was written before", () => {
  session.client.state.change(id, (before) => ({ ...before, draft: "Shall I" }));
  open();
  expect(draft()).toBe("Shall I");
});

test("a draft is kept once one stops for a moment", () => {
  write("S");
  pass(399);
  write("Sh");
  pass(399);
  expect(kept).toEqual([]);
  pass(1);
  expect(kept).toEqual(["Sh"]);
});

test("a draft is kept at once when the conversation is closed", () => {
  write("Shall");
  composer.end();
  expect(kept).toEqual(["Shall"]);
  pass(60_000);
  expect(kept).toEqual(["Shall"]);
});

test("a conversation that is closed as it was keeps nothing", () => {
  write("Shall");
  pass(400);
  composer.end();
  expect(kept).toEqual(["Shall"]);
});

test("what is sent has nothing around it, and leaves an empty field and no draft", () => {
  write("  See you at seven \n");
  composer.actions.send();
  expect(sending.asked.map(({ of }) => of[0])).toEqual([{ type: "text", text: "See you at seven" }]);
  expect(draft()).toBe("");
  expect(kept).toEqual([""]);
  expect(sent).toBe(1);
});

test("a draft that was sent is not kept a moment later", () => {
  write("See you");
  composer.actions.send();
  pass(60_000);
  expect(kept.at(-1)).toBe("");
});

test("nothing is not sent", () => {
  write(" \n ");
  composer.actions.send();
  expect(sending.asked).toEqual([]);
  expect(sent).toBe(0);
});

test("what could not be kept to be sent stands in the field again, and that is said", async () => {
  write("See you at seven");
  composer.actions.send();
  await sending.asked[0]?.fail("too-many-waiting");
  expect(draft()).toBe("See you at seven");
  expect(kept.at(-1)).toBe("See you at seven");
  expect(session.toasts.current.get()?.text).toBe(en.app.failed);
});

test("it does not undo what was written meanwhile", async () => {
  write("See you at seven");
  composer.actions.send();
  write("or eight");
  await sending.asked[0]?.fail("too-many-waiting");
  expect(draft()).toBe("See you at seven\nor eight");
});

test("the others are told that one writes, and that one has stopped", () => {
  write("S");
  write("Sh");
  write("");
  expect(typing).toEqual([true, true, false]);
});

test("who has not begun has not stopped, either", () => {
  write(" ");
  write("");
  expect(typing).toEqual([]);
});

test("a text is too long by its bytes, not by its letters", () => {
  const most = 200 * 1024;
  write("a".repeat(most));
  expect(composer.snapshot.get().tooLong).toBe(false);
  write("a".repeat(most + 1));
  expect(composer.snapshot.get().tooLong).toBe(true);
  write("ä".repeat(most / 2 + 1));
  expect(composer.snapshot.get().tooLong).toBe(true);
  write("👍".repeat(most / 4));
  expect(composer.snapshot.get().tooLong).toBe(false);
});

test("who is out of a group writes nothing there", () => {
  expect(composer.snapshot.get().closed).toBeUndefined();
  session.client.state.change(id, (before) => ({ ...before, left: true }));
  expect(composer.snapshot.get().closed).toBe("left");
});

test("what Enter does is as it was chosen, at once", () => {
  expect(composer.snapshot.get().enterSends).toBe(true);
  session.look.change({ enterSends: false });
  expect(composer.snapshot.get().enterSends).toBe(false);
});

test("emoji are fetched when they are wanted, and not before", () => {
  expect(loads).toBe(0);
  expect(composer.snapshot.get().emoji).toEqual({ state: "closed" });
  composer.actions.openEmoji();
  expect(loads).toBe(1);
  expect(composer.snapshot.get().emoji).toEqual({ state: "loading" });
  emoji.set({ state: "ready", groups: [], recent: [] });
  expect(composer.snapshot.get().emoji.state).toBe("ready");
});

test("an emoji that was picked is remembered", () => {
  composer.actions.pickEmoji("🙏");
  expect(picked).toEqual(["🙏"]);
});
