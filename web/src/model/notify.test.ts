import { beforeEach, expect, test } from "vitest";
import { source } from "../base/signal.ts";
import { fakeSession, type FakeSession } from "../testing/session.ts";
import { anouk, greta, idOf } from "./fake/people.ts";
import { notifyOfMessages } from "./notify.ts";
import type { Notifications } from "./platform.ts";
import type { Message, RecordContent } from "./ports.ts";

interface Shown {
  readonly notice: Parameters<Notifications["show"]>[0];
  readonly select: () => void;
}

const attended = source(false);
let shown: Shown[];
let listeners: Set<(message: Message) => void>;
let session: FakeSession;
let end: () => void;

beforeEach(() => {
  shown = [];
  listeners = new Set();
  attended.set(false);
  session = fakeSession({
    client: () => ({
      onMessage: (listener) => {
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
        };
      },
    }),
    platform: ({ notifications }) => ({
      attended,
      notifications: { ...notifications, show: (notice, select) => shown.push({ notice, select }) },
    }),
  });
  end = notifyOfMessages(session);
});

function comes(from: { readonly account: string }, conversation: string, content?: RecordContent): void {
  const message: Message = {
    key: "came",
    conversation,
    account: from.account,
    mine: false,
    seq: 99,
    ts: session.platform.clock.now(),
    content: content ?? { type: "text", text: "The gate is open" },
    state: { state: "incoming" },
  };
  for (const listener of listeners) listener(message);
}
const withAnouk = idOf("danouk");
const rota = idOf("grota");
const films = idOf("gfilms");

test("who looks elsewhere is told who said what", () => {
  comes(anouk, withAnouk);
  expect(shown.map(({ notice }) => notice)).toEqual([
    { tag: withAnouk, title: "Anouk", text: "The gate is open", silent: false },
  ]);
});

test("of a group it is told by whom, under the group's name", () => {
  comes(greta, rota);
  expect(shown[0]?.notice).toMatchObject({ title: "Allotment rota", text: "Greta: The gate is open" });
});

test("who looks at the window is told nothing", () => {
  attended.set(true);
  comes(anouk, withAnouk);
  expect(shown).toEqual([]);
});

test("of a muted conversation nothing is told", () => {
  comes(greta, films);
  expect(shown).toEqual([]);
});

test("nothing is told once it was turned off", () => {
  session.look.change({ notify: false });
  comes(anouk, withAnouk);
  expect(shown).toEqual([]);
});

test("what was written stays hidden from who wants that", () => {
  session.look.change({ notifyPreview: false });
  comes(anouk, withAnouk);
  comes(greta, rota);
  expect(shown.map(({ notice }) => notice.text)).toEqual(["1 new message", "Greta: 1 new message"]);
});

test("it makes no sound where none is wanted", () => {
  session.look.change({ notifySound: false });
  comes(anouk, withAnouk);
  expect(shown[0]?.notice.silent).toBe(true);
});

test("a message that this version cannot show is told as such", () => {
  comes(anouk, withAnouk, { type: "unsupported" });
  expect(shown[0]?.notice.text).toBe("This message needs a newer version of Dunlin.");
});

test("a conversation that is not in the list yet tells nothing", () => {
  comes(anouk, idOf("dnew"));
  expect(shown).toEqual([]);
});

test("who chooses it comes to its conversation", () => {
  comes(anouk, withAnouk);
  shown[0]?.select();
  expect(session.router.route.get()).toEqual({ at: "chat", id: withAnouk, info: false, adding: false });
});

test("after its end nothing is told", () => {
  end();
  comes(anouk, withAnouk);
  expect(shown).toEqual([]);
});
