import { idFromBytes } from "../base/id.ts";
import type { Id } from "../base/id.ts";
import { freshId } from "../base/stamp.ts";
import { writeContent } from "../codec/content.ts";
import type { Content } from "../codec/content.ts";
import { kinds } from "../codec/wire.ts";
import { Problem } from "../http/problem.ts";
import type { ConversationChange } from "../http/shapes.ts";
import type { OutboxRow } from "../store/rows.ts";
import { pauseAfter } from "../sync/back_off.ts";
import { takeSettings } from "../sync/receiver.ts";
import type { Calls } from "./host.ts";
import { setDraft } from "./running.ts";
import type { Running } from "./running.ts";
import type { SignIn } from "./sign_in.ts";

/** What calls need beside a running account. */
export interface CallParts {
  readonly signIn: SignIn;
  /** What is running; throws a {@link Problem} `signed-out` where nobody is signed in. */
  readonly running: () => Running;
  /** Throws a {@link Problem} `signed-in` where somebody is. */
  readonly signedOut: () => void;
  readonly signOut: () => Promise<void>;
  /** Also where nobody is signed in: it counts for who comes. */
  readonly setActive: (active: boolean) => void;
}

/** Messages that may wait in one conversation. */
const maxWaiting = 1000;
/** How often something is asked for again whose answer was lost. */
const repeats = 3;

/** What the host does when it is asked. */
export function createCalls(parts: CallParts): Calls {
  const { running } = parts;
  return {
    ...signInCalls(parts),
    ...messageCalls(running),
    ...windowCalls(running),
    ...conversationCalls(running),
    ...profileCalls(running),
    ...deviceCalls(running),
    setActive: async (active) => {
      parts.setActive(active);
      await Promise.resolve();
    },
    connect: async () => {
      const { engine } = running();
      if (engine.state.get().state === "refused") engine.start();
      else engine.hurry();
      await Promise.resolve();
    },
  };
}

function signInCalls({ signIn, signedOut, signOut }: CallParts) {
  const { api: open } = signIn;
  return {
    server: () => open.server(),
    invite: (code) => open.invite(code),
    handle: (handle, invite) => open.handle(handle, invite),
    signUp: async (wish) => {
      signedOut();
      await signIn.signUp(wish);
    },
    signIn: async (credentials) => {
      signedOut();
      await signIn.take(credentials);
    },
    signOut,
    askLink: async (deviceName) => {
      signedOut();
      await signIn.askLink(deviceName);
    },
    cancelLink: async () => {
      signIn.cancelLink();
      await Promise.resolve();
    },
  } satisfies Partial<Calls>;
}

type Run = CallParts["running"];

function messageCalls(running: Run) {
  return {
    send: async (conversation, content, key) => send(running(), conversation, content, key),
    retry: async (conversation, message) => retry(running(), conversation, message),
    discard: async (conversation, message) => discard(running(), conversation, message),
    markRead: async (conversation, seq) => running().engine.markRead(conversation, seq),
    typing: async (conversation, stopped) => {
      running().typing.tell(conversation, stopped);
      await Promise.resolve();
    },
    draft: async (conversation, text) => {
      setDraft(running(), conversation, text);
      await running().book.journal.flush();
    },
  } satisfies Partial<Calls>;
}

function windowCalls(running: Run) {
  const window = (name: string) => running().windows.get(name);
  return {
    older: async (name) => window(name)?.older(),
    newer: async (name) => window(name)?.newer(),
    latest: async (name) => window(name)?.latest(),
    follow: async (name, following) => {
      window(name)?.follow(following);
      await Promise.resolve();
    },
  } satisfies Partial<Calls>;
}

function conversationCalls(running: Run) {
  const api = (): Running["api"] => running().api;
  return {
    startDirect: async (account) => {
      const wish = { id: request(running()), kind: "direct", with: account } as const;
      return known(running(), await repeated(running(), () => api().addConversation(wish)));
    },
    createGroup: async ({ name, members, picture }) => {
      const { random } = running().ground;
      const wish = {
        id: request(running()),
        kind: "group",
        conversation: idFromBytes(random(16)),
        name,
        members,
        ...(picture === undefined ? {} : { picture }),
      } as const;
      return known(running(), await repeated(running(), () => api().addConversation(wish)));
    },
    changeGroup: async (conversation, change) => changeGroup(running(), conversation, change),
    leave: async (conversation) => changeGroup(running(), conversation, { leave: true }),
    members: async (conversation) => api().members(conversation),
    conversationSettings: async (conversation, value) => {
      const version = await api().putSettings(value, conversation);
      takeSettings(running().book, { conversation, version, value });
    },
    settings: async (value) => {
      const version = await api().putSettings(value);
      takeSettings(running().book, { conversation: undefined, version, value });
    },
  } satisfies Partial<Calls>;
}

function profileCalls(running: Run) {
  const api = (): Running["api"] => running().api;
  return {
    profile: async (who) => learned(running(), await api().profile(who)),
    directory: async (query, limit) => {
      const found = await api().directory(query, limit);
      running().profiles.learn(found);
      return found;
    },
    ownProfile: async () => learned(running(), await api().account()),
    changeProfile: async (change) => learned(running(), await api().changeAccount(change)),
    putPicture: async (bytes) => api().putPicture(bytes),
    deletePicture: async () => api().deletePicture(),
    putGroupPicture: async (bytes) => api().putGroupPicture(bytes),
    picture: async (hash) => api().picture(hash),
  } satisfies Partial<Calls>;
}

function deviceCalls(running: Run) {
  const api = (): Running["api"] => running().api;
  return {
    devices: async () => api().devices(),
    renameDevice: async (device, name) => api().renameDevice(device, name),
    revokeDevice: async (device) => api().revokeDevice(device),
    claimLink: async (code) => api().claimLink(code),
    confirmLink: async (link) => api().confirmLink(link),
    refuseLink: async (link) => api().refuseLink(link),
  } satisfies Partial<Calls>;
}

/**
 * Asks again, a few times, where no answer came or the server could not take it now. Only for what bears an id: it may have
 * been done, and then is answered as it was the first time.
 */
async function repeated<T>({ ground }: Running, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (reason) {
      if (!(reason instanceof Problem) || !reason.passes || reason.status === 429 || tries >= repeats) throw reason;
      await new Promise<void>((resolve) => {
        ground.clock.after(pauseAfter(tries, ground.backOff, ground.random), resolve);
      });
    }
  }
}

/** Ids that are made by who asks, so that asking twice makes one. */
function request({ ground }: Running): Id {
  return freshId(ground.clock.now(), ground.random);
}

function learned<P extends Parameters<Running["profiles"]["learn"]>[0][number]>({ profiles }: Running, profile: P): P {
  profiles.learn([profile]);
  return profile;
}

/** Once it has resolved the conversation is in the list, though `me` may speak of it later. */
async function known({ book, engine }: Running, id: Id): Promise<Id> {
  if (book.conversation(id) === undefined) await engine.refresh();
  return id;
}

async function changeGroup(running: Running, conversation: Id, change: Omit<ConversationChange, "id">): Promise<void> {
  const wish = { id: request(running), ...change };
  await repeated(running, () => running.api.changeConversation(conversation, wish));
}

async function send(running: Running, conversation: Id, content: Content, key: string): Promise<Id> {
  const { book, engine, ground } = running;
  const row = book.conversation(conversation);
  if (row === undefined || row.left) throw new Problem("not-member", "", 0);
  const waiting = book.outbox.rows(conversation);
  const before = waiting.find((one) => one.key === key);
  if (before === undefined && waiting.length >= maxWaiting) throw new Problem("too-many-waiting", "", 0);
  const id = before?.id ?? book.stamp(ground.clock.now());
  if (before === undefined) {
    const [kind, body] = row.open ? [kinds.text, plainText(content)] : [kinds.message, writeContent(content)];
    add(running, { conversation, n: book.nextPlace(), id, key, body, kind, urgency: "normal", ts: ground.clock.now() });
  }
  engine.wake();
  await book.journal.flush();
  return id;
}

/** The body of an `open` conversation's text, which stock clients read. */
function plainText(content: Content): Uint8Array<ArrayBuffer> {
  if (content.type !== "text") throw new RangeError("only text can be said in an open conversation");
  return new TextEncoder().encode(content.text);
}

function add({ book }: Running, row: OutboxRow): void {
  book.outbox.add(row);
  book.putOutbox(row);
}

async function retry({ book, engine, ground }: Running, conversation: Id, message: Id): Promise<void> {
  const row = book.outbox.rows(conversation).find(({ id }) => id === message);
  if (row?.failed === undefined) return;
  const { failed: _, ...rest } = row;
  const again: OutboxRow = { ...rest, n: book.nextPlace(), id: book.stamp(ground.clock.now()), ts: ground.clock.now() };
  if (!book.outbox.retry(row.n, again)) return;
  book.deleteOutbox(row);
  book.putOutbox(again);
  engine.wake();
  await book.journal.flush();
}

async function discard({ book }: Running, conversation: Id, message: Id): Promise<void> {
  const row = book.outbox.rows(conversation).find(({ id }) => id === message);
  if (row === undefined) return;
  if (!book.outbox.discard(row.n)) throw new Problem("under-way", "it may have been accepted already", 0);
  book.deleteOutbox(row);
  await book.journal.flush();
}
