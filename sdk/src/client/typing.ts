import type { Clock, Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { readSignal, writeTyping } from "../codec/content.ts";

/** P2: typing ends by itself this long after its last signal, in milliseconds. */
const endsAfter = 6_000;
/** While somebody goes on writing, the others are told this often, in milliseconds. */
const toldEvery = 3_000;

/** Who is writing, and that this person is. */
export interface Typing {
  /** Takes a signal of another member. */
  take(event: { readonly conversation: Id; readonly account: Id; readonly body: Uint8Array }): void;
  /** A message of an account came: it is not writing that one any more. */
  wrote(conversation: Id, account: Id): void;
  /** Who is writing in a conversation; the same array until that changes. */
  writers(conversation: Id): readonly Id[];
  /** This person writes, or has stopped: the others are told, but not more often than need be. */
  tell(conversation: Id, stopped: boolean): void;
  close(): void;
}

export interface TypingParts {
  readonly clock: Clock;
  readonly publish: (conversation: Id, body: Uint8Array) => void;
  readonly changed: (conversation: Id) => void;
  /** This account: its other devices do not count. */
  readonly own: Id;
}

const nobody: readonly Id[] = [];

/** Makes one in which nobody writes. */
export function createTyping({ clock, publish, changed, own }: TypingParts): Typing {
  const ends = new Map<Id, Map<Id, Stop>>();
  const lists = new Map<Id, readonly Id[]>();
  const told = new Map<Id, number>();
  const update = (conversation: Id): void => {
    const accounts = [...(ends.get(conversation)?.keys() ?? [])];
    if (accounts.length > 0) {
      lists.set(conversation, accounts);
    } else {
      lists.delete(conversation);
      ends.delete(conversation);
    }
    changed(conversation);
  };
  const end = (conversation: Id, account: Id): void => {
    const writers = ends.get(conversation);
    const stop = writers?.get(account);
    if (writers === undefined || stop === undefined) return;
    stop();
    writers.delete(account);
    update(conversation);
  };
  return {
    take: ({ conversation, account, body }) => {
      const signal = readSignal(body);
      if (signal.type !== "typing" || account === own) return;
      if (signal.stopped) {
        end(conversation, account);
        return;
      }
      const writers = ends.get(conversation) ?? new Map<Id, Stop>();
      const before = writers.get(account);
      before?.();
      const stop = clock.after(endsAfter, () => {
        end(conversation, account);
      });
      ends.set(conversation, writers.set(account, stop));
      if (before === undefined) update(conversation);
    },
    wrote: (conversation, account) => {
      if (account === own) told.delete(conversation);
      else end(conversation, account);
    },
    writers: (conversation) => lists.get(conversation) ?? nobody,
    tell: (conversation, stopped) => {
      const before = told.get(conversation);
      if (stopped ? before === undefined : before !== undefined && clock.now() - before < toldEvery) return;
      if (stopped) told.delete(conversation);
      else told.set(conversation, clock.now());
      publish(conversation, writeTyping(stopped));
    },
    close: () => {
      for (const writers of ends.values()) for (const stop of writers.values()) stop();
      ends.clear();
      lists.clear();
    },
  };
}
