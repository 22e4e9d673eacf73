import { at } from "../model/fake/demoTime.ts";
import { drawn } from "../model/fake/portrait.ts";
import type { Face } from "../ui/Avatar/face.ts";
import type { ChatRowSnapshot } from "../views/ChatRow/ChatRow.tsx";
import type { MessageSnapshot } from "../views/Message/Message.tsx";
import type { ChatLogRow } from "../views/MessageLog/MessageLog.tsx";
import type { PersonSnapshot } from "../views/PersonRow/PersonRow.tsx";

/** Things that stories and tests are made of. */

export const face = (name: string, picture?: string): Face => ({ id: name, name, picture });

/** A face with a drawn picture; for stories, in a browser. */
export const drawnFace = (name: string): Face =>
  face(name, URL.createObjectURL(new Blob([drawn(`face ${name}`)], { type: "image/svg+xml" })));

export const chatRow = (title: string, part: Partial<ChatRowSnapshot> = {}): ChatRowSnapshot => ({
  id: title,
  title,
  face: face(title),
  online: false,
  group: false,
  time: at("09:12"),
  pinned: false,
  muted: false,
  archived: false,
  unread: 0,
  marked: false,
  preview: { kind: "message", author: undefined, tick: undefined, text: "See you at the gate at seven" },
  ...part,
});

export const person = (name: string, part: Partial<PersonSnapshot> = {}): PersonSnapshot => ({
  id: name,
  name,
  handle: name.toLowerCase(),
  face: face(name),
  online: false,
  ...part,
});

export const message = (text: string, part: Partial<MessageSnapshot> = {}): MessageSnapshot => ({
  id: text,
  text,
  time: at("09:34"),
  mine: false,
  author: { face: face("Anouk"), role: "member" },
  group: false,
  tick: undefined,
  failed: undefined,
  first: true,
  last: true,
  fresh: false,
  ...part,
});

export const messageRow = (text: string, part: Partial<MessageSnapshot> = {}): ChatLogRow => {
  const one = message(text, part);
  return { key: one.id, kind: "message", space: one.first ? "group" : "bubble", day: one.time, message: one };
};
