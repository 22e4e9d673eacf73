import { beforeEach, expect, test } from "vitest";
import { source, type Source } from "../../base/signal.ts";
import { de } from "../../i18n/de.ts";
import { fakeSession, type FakeSession } from "../../testing/session.ts";
import { anouk, greta, idOf, nora } from "../fake/people.ts";
import type { Message, MessageWindow, RecordContent } from "../ports.ts";
import { announcements } from "./announce.ts";

let messages: Source<MessageWindow>;
let session: FakeSession;
let spoken: ReturnType<typeof announcements>;

const textOf = (text: string): RecordContent => ({ type: "text", text });

function message(seq: number, from = anouk, content = textOf(`words ${seq}`)): Message {
  return {
    key: `m${seq}`,
    conversation: "c",
    account: from.account,
    mine: from === nora,
    seq,
    ts: seq,
    content,
    state: { state: from === nora ? "sent" : "incoming" },
  };
}

const comes = (...some: Message[]): void => {
  messages.update((now) => ({ ...now, messages: [...now.messages, ...some] }));
};

beforeEach(() => {
  session = fakeSession();
  messages = source<MessageWindow>({ messages: [message(10)], hasOlder: true, hasNewer: false, loading: false });
  spoken = announcements(session, { ...session.client.conversation(idOf("grota")), messages });
});

test("what is there when it is opened is not read out", () => {
  expect(spoken.said.get().text).toBe("");
});

test("a message that comes is read out at once, with who said it", () => {
  comes(message(11, greta, textOf("Hardly a weed")));
  expect(spoken.said.get().text).toBe("Greta: Hardly a weed");
});

test("who says the same again is read out again", () => {
  comes(message(11, anouk, textOf("Ping")));
  const first = spoken.said.get();
  session.platform.clock.advance(2_000);
  comes(message(12, anouk, textOf("Ping")));
  expect(spoken.said.get().text).toBe(first.text);
  expect(spoken.said.get().id).not.toBe(first.id);
});

test("several that come in one go are counted", () => {
  comes(message(11), message(12), message(13));
  expect(spoken.said.get().text).toBe("3 new messages");
});

test("what comes within two seconds is gathered and told after them", () => {
  comes(message(11));
  comes(message(12));
  comes(message(13));
  session.platform.clock.advance(1_999);
  expect(spoken.said.get().text).toBe("Anouk: words 11");
  session.platform.clock.advance(1);
  expect(spoken.said.get().text).toBe("2 new messages");
});

test("after two quiet seconds the next one is told at once", () => {
  comes(message(11));
  session.platform.clock.advance(2_000);
  comes(message(12));
  expect(spoken.said.get().text).toBe("Anouk: words 12");
});

test("what one says oneself is not read out, nor what only happened", () => {
  comes(message(11, nora));
  comes(message(12, anouk, { type: "changed", name: "Rota" }));
  expect(spoken.said.get().text).toBe("");
});

test("a message that this version cannot show is read out as such", () => {
  comes(message(11, anouk, { type: "unsupported" }));
  expect(spoken.said.get().text).toBe("Anouk: This message needs a newer version of Dunlin.");
});

test("older messages are not read out when they are fetched", () => {
  messages.update((now) => ({ ...now, messages: [message(8), message(9), ...now.messages] }));
  expect(spoken.said.get().text).toBe("");
});

test("that a message of one's own is sent meanwhile tells nothing twice", () => {
  comes({ ...message(11, nora), seq: undefined });
  comes(message(11));
  session.platform.clock.advance(2_000);
  messages.update((now) => ({ ...now, messages: now.messages.map((one) => ({ ...one })) }));
  session.platform.clock.advance(2_000);
  expect(spoken.said.get().text).toBe("Anouk: words 11");
});

test("who reads further up is not told of what is not at the end of it", () => {
  messages.update((now) => ({ ...now, hasNewer: true, messages: [...now.messages, message(11)] }));
  expect(spoken.said.get().text).toBe("");
});

test("what was read out follows the reader's language", () => {
  comes(message(11), message(12));
  session.words.set(de);
  expect(spoken.said.get().text).toBe(de.chat.newMessages(2));
});

test("after its end nothing is read out", () => {
  comes(message(11));
  comes(message(12));
  spoken.end();
  comes(message(13));
  session.platform.clock.advance(60_000);
  expect(spoken.said.get().text).toBe("Anouk: words 11");
});
