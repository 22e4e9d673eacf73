import type { Id } from "../base/id.ts";
import type { Cipher } from "./cipher.ts";
import { Malformed } from "../codec/bytes.ts";
import { isMessage } from "../codec/record_content.ts";
import {
  kinds,
  readAdded,
  readDevice,
  readNow,
  readProfileChanged,
  readSettings,
  readReceipt,
  readRecord,
  readRemoved,
} from "../codec/wire.ts";
import type { NowEvent, SettingsChange, StreamRecord } from "../codec/wire.ts";
import type { Book } from "./book.ts";
import { addedRow, withAbsent, withReceipt } from "./conversation_row.ts";
import type { Incoming } from "./link.ts";
import type { ConversationRow } from "../store/rows.ts";
import { raiseRead } from "./unread.ts";

/** What a receiver cannot settle by itself. */
export interface ReceiverEvents {
  readonly caughtUp: () => void;
  /** Reads the account's state and takes it over; what came after waits for that. Rejects if it cannot be read. */
  readonly refresh: () => Promise<void>;
  /** A conversation was joined: details of it are to be had. */
  readonly joined: (conversation: Id) => void;
  readonly tell: (event: ReceiverEvent) => void;
}

/** What came that is not in the book. */
export type ReceiverEvent =
  /** Another device of this account was linked or revoked. */
  | { readonly type: "devices" }
  /** An account has another profile since a version. */
  | { readonly type: "profile"; readonly account: Id; readonly version: number }
  /** Something made no sense; it was passed over. */
  | { readonly type: "fault"; readonly what: string };

/** Takes what the server sends on Dunlin's topics into the book. */
export interface Receiver {
  /**
   * Takes messages in, in their order. Once it has resolved they are in the book, and may be acknowledged as soon as the
   * journal has brought that into the store. Rejects if the state had to be read, and could not.
   */
  take(messages: readonly Incoming[]): Promise<void>;
  /** Records of a conversation that were read by range, in their order. */
  takeRecords(conversation: Id, records: readonly StreamRecord[]): Promise<void>;
}

const conversationTopic = /^c\/([a-z2-7]{26})(\/receipt)?$/;

/** Makes a receiver. */
export function createReceiver(book: Book, cipher: Cipher, events: ReceiverEvents): Receiver {
  const open = async (conversation: Id, record: StreamRecord): Promise<StreamRecord> => {
    const body = isMessage(record.kind) ? await cipher.open(conversation, record) : record.body;
    // Bytes of one's own: what came is a view of a whole burst.
    return { ...record, body: body.slice() };
  };
  const takeOther = async ({ topic, payload }: Incoming): Promise<void> => {
    if (topic === "me") {
      takeAccountRecord(book, events, readRecord(payload));
      return;
    }
    if (topic === "me/now") {
      await takeNow(book, events, readNow(payload));
      return;
    }
    const [, conversation, receipt] = conversationTopic.exec(topic) ?? [];
    const row = conversation === undefined ? undefined : book.conversation(conversation);
    if (row !== undefined && receipt !== undefined) await takeReceipt(book, row, payload);
  };
  return {
    takeRecords: async (conversation, records) => {
      const opened: StreamRecord[] = [];
      for (const record of records) opened.push(await open(conversation, record));
      for (const record of opened) book.addRecord(conversation, record);
    },
    take: async (messages) => {
      // Records that follow each other come into the book in one turn: who watches it is told once, not with each.
      const opened: (readonly [conversation: Id, record: StreamRecord])[] = [];
      const settle = (): void => {
        for (const [conversation, record] of opened.splice(0)) book.addRecord(conversation, record);
      };
      for (const message of messages) {
        try {
          const conversation = conversationTopic.exec(message.topic)?.[1];
          if (conversation === undefined || message.topic.endsWith("/receipt")) {
            settle();
            await takeOther(message);
            continue;
          }
          // `me` speaks of a conversation before its first record comes, unless the device has missed that.
          if (book.conversation(conversation) === undefined) {
            settle();
            await events.refresh();
          }
          opened.push([conversation, await open(conversation, readRecord(message.payload))]);
        } catch (reason) {
          if (!(reason instanceof Malformed)) throw reason;
          events.tell({ type: "fault", what: `${message.topic}: ${reason.message}` });
        }
      }
      settle();
    },
  };
}

async function takeReceipt(book: Book, row: ConversationRow, payload: Uint8Array): Promise<void> {
  const receipt = readReceipt(payload);
  book.put(withReceipt(row, receipt));
  await raiseRead(book, row.id, receipt.ownRead);
}

function takeAccountRecord(book: Book, events: ReceiverEvents, record: StreamRecord): void {
  if (record.seq <= (book.me().at ?? 0)) return;
  switch (record.kind) {
    case kinds.added: {
      const added = readAdded(record.body);
      book.put(addedRow(added, book.conversation(added.conversation)));
      events.joined(added.conversation);
      break;
    }
    case kinds.removed: {
      const row = book.conversation(readRemoved(record.body).conversation);
      if (row !== undefined) book.put({ ...row, left: true });
      break;
    }
    case kinds.deviceLinked:
    case kinds.deviceRevoked:
      readDevice(record.body);
      events.tell({ type: "devices" });
      break;
    case kinds.settings:
      takeSettings(book, readSettings(record.body));
      break;
    case kinds.profile:
      events.tell({ type: "profile", ...readProfileChanged(record.body) });
      break;
    default:
      // From a newer server; what it means is in the state.
      break;
  }
  book.setMe({ at: record.seq });
}

/** The whole of some settings; of two the higher version counts. */
export function takeSettings(book: Book, { conversation, version, value }: SettingsChange): void {
  const settings = { version, value };
  if (conversation === undefined) {
    if ((book.me().settings?.version ?? 0) < version) book.setMe({ settings });
    return;
  }
  const row = book.conversation(conversation);
  if (row !== undefined && (row.settings?.version ?? 0) < version) book.put({ ...row, settings });
}

async function takeNow(book: Book, events: ReceiverEvents, now: NowEvent): Promise<void> {
  switch (now.type) {
    case "caught_up":
      events.caughtUp();
      break;
    case "reset":
      // The state that was read since is enough; the reset comes again until a record after it is acknowledged.
      if ((book.me().at ?? 0) + 1 < now.from) await events.refresh();
      break;
    case "too_large": {
      const row = book.conversation(now.conversation);
      if (row !== undefined) book.put({ ...row, head: Math.max(row.head, now.seq) });
      break;
    }
    case "trimmed": {
      const row = book.conversation(now.conversation);
      if (row !== undefined) book.put(withAbsent(row, row.joinSeq, now.through));
      break;
    }
    case "refused":
    case "other":
      break;
  }
}
