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
  /** A record that was read by range. Only a cipher that takes its time makes it a promise. */
  takeRecord(conversation: Id, record: StreamRecord): Later;
}

/** Undefined if it is done. What comes in one burst is one change of what is shown only as long as nothing in it waits. */
type Later = Promise<void> | undefined;

const conversationTopic = /^c\/([a-z2-7]{26})(\/receipt)?$/;

/** Makes a receiver. */
export function createReceiver(book: Book, cipher: Cipher, events: ReceiverEvents): Receiver {
  const takeRecord = (conversation: Id, record: StreamRecord): Later => {
    // Bytes of one's own: what came is a view of a whole burst.
    const add = (body: Uint8Array): undefined => void book.addRecord(conversation, { ...record, body: body.slice() });
    const body = isMessage(record.kind) ? cipher.open(conversation, record) : record.body;
    return body instanceof Uint8Array ? add(body) : body.then(add);
  };
  const takeOne = ({ topic, payload }: Incoming): Later => {
    if (topic === "me") return takeAccountRecord(book, events, readRecord(payload));
    if (topic === "me/now") return takeNow(book, events, readNow(payload));
    const [, conversation, receipt] = conversationTopic.exec(topic) ?? [];
    if (conversation === undefined) return undefined;
    const row = book.conversation(conversation);
    if (receipt !== undefined) return row === undefined ? undefined : takeReceipt(book, row, payload);
    const record = readRecord(payload);
    // `me` speaks of a conversation before its first record comes, unless the device has missed that.
    if (row === undefined) return events.refresh().then(() => takeRecord(conversation, record));
    return takeRecord(conversation, record);
  };
  return {
    takeRecord,
    take: async (messages) => {
      for (const message of messages) {
        try {
          const under = takeOne(message);
          if (under !== undefined) await under;
        } catch (reason) {
          if (!(reason instanceof Malformed)) throw reason;
          events.tell({ type: "fault", what: `${message.topic}: ${reason.message}` });
        }
      }
    },
  };
}

function takeReceipt(book: Book, row: ConversationRow, payload: Uint8Array): Later {
  const receipt = readReceipt(payload);
  book.put(withReceipt(row, receipt));
  return receipt.ownRead > row.read ? raiseRead(book, row.id, receipt.ownRead) : undefined;
}

function takeAccountRecord(book: Book, events: ReceiverEvents, record: StreamRecord): undefined {
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

function takeNow(book: Book, events: ReceiverEvents, now: NowEvent): Later {
  switch (now.type) {
    case "caught_up":
      events.caughtUp();
      return undefined;
    case "reset":
      // The state that was read since is enough; the reset comes again until a record after it is acknowledged.
      return (book.me().at ?? 0) + 1 < now.from ? events.refresh() : undefined;
    case "too_large": {
      const row = book.conversation(now.conversation);
      if (row !== undefined) book.put({ ...row, head: Math.max(row.head, now.seq) });
      return undefined;
    }
    case "trimmed": {
      const row = book.conversation(now.conversation);
      if (row !== undefined) book.put(withAbsent(row, row.joinSeq, now.through));
      return undefined;
    }
    case "refused":
    case "other":
      return undefined;
  }
}
