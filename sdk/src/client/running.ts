import type { Clock, Random, Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { signalOf } from "../base/signal.ts";
import type { Source } from "../base/signal.ts";
import { accountApi } from "../http/api.ts";
import type { AccountApi } from "../http/api.ts";
import { requestsTo } from "../http/request.ts";
import { keyOf } from "../store/store.ts";
import type { Store } from "../store/store.ts";
import type { BackOff } from "../sync/back_off.ts";
import { openBook } from "../sync/book.ts";
import type { Book } from "../sync/book.ts";
import type { Cipher } from "../sync/cipher.ts";
import { createEngine } from "../sync/engine.ts";
import type { Engine } from "../sync/engine.ts";
import type { Transport } from "../transport/transport.ts";
import { createProfiles } from "./profiles.ts";
import type { Profiles } from "./profiles.ts";
import { createSummaries } from "./summaries.ts";
import type { Summaries } from "./summaries.ts";
import { createTyping } from "./typing.ts";
import type { Typing } from "./typing.ts";
import type { Window } from "./window.ts";

/** What all that runs for a device stands on. */
export interface Ground {
  /** The server's address, `https://chat.example`. */
  readonly server: string;
  readonly store: Store;
  readonly transport: Transport;
  readonly fetch: typeof fetch;
  readonly cipher: Cipher;
  readonly clock: Clock;
  readonly random: Random;
  readonly backOff: BackOff;
  /** What made no sense and was passed over, or failed and is tried again. For logs. */
  readonly fault: (what: string) => void;
}

/** Everything that is there while somebody is signed in. */
export interface Running {
  readonly ground: Ground;
  readonly book: Book;
  readonly api: AccountApi;
  readonly engine: Engine;
  readonly profiles: Profiles;
  readonly typing: Typing;
  readonly summaries: Summaries;
  readonly drafts: Map<Id, string>;
  /** By the name that who watches gave them. */
  readonly windows: Map<string, Window>;
  /** Counts changes of the account's devices. */
  readonly devices: Source<number>;
  /** Ends all of it; the store stays open. Resolves once what was under way is in the store. */
  close(): Promise<void>;
}

/** Starts what the store has an account for; undefined if it has none. Rejects if the store cannot be read. */
export async function start(ground: Ground): Promise<Running | undefined> {
  const { store, clock, random, cipher, transport, backOff, fault } = ground;
  let engine: Engine | undefined;
  const book = await openBook(store, random, (reason) => {
    fault(`the store: ${String(reason)}`);
    engine?.fail();
  });
  if (book === undefined) return undefined;
  const [known, drafts] = await Promise.all([store.all("profiles"), store.all("drafts")]);
  const api = accountApi(requestsTo(ground.server, () => book.me().token, ground.fetch));
  engine = createEngine({ book, transport, api, cipher, clock, random, backOff });
  const profiles = createProfiles({ api, journal: book.journal, clock, known });
  const texts = new Map(drafts.map(({ conversation, text }) => [conversation, text]));
  const running = assemble({ ground, book, api, engine, profiles, drafts: texts });
  engine.start();
  return running;
}

type Parts = Pick<Running, "ground" | "book" | "api" | "engine" | "profiles" | "drafts">;

function assemble(parts: Parts): Running {
  const { ground, book, engine, profiles, drafts } = parts;
  const typing = createTyping({
    clock: ground.clock,
    own: book.me().account,
    publish: engine.publishLive,
    changed: (id) => {
      summaries.changed(id);
    },
  });
  const summaries = createSummaries({
    book,
    draftOf: (id) => drafts.get(id) ?? "",
    typingIn: typing.writers,
  });
  const windows = new Map<string, Window>();
  const devices = signalOf(0);
  const stops: Stop[] = [
    engine.events.on((event) => {
      switch (event.type) {
        case "live":
          typing.take(event);
          break;
        case "devices":
          devices.set(devices.signal.get() + 1);
          break;
        case "profile":
          profiles.changed(event.account, event.version);
          break;
        case "state":
          if (event.state.profile !== undefined) profiles.learn([event.state.profile]);
          break;
        case "fault":
          ground.fault(event.what);
      }
    }),
    engine.state.subscribe(() => {
      if (engine.state.get().state === "online") profiles.retry();
    }),
    book.changed.on((change) => {
      if (change.type === "record") typing.wrote(change.id, change.record.account);
    }),
  ];
  return {
    ...parts,
    typing,
    summaries,
    windows,
    devices,
    close: async () => {
      engine.stop();
      typing.close();
      summaries.close();
      for (const window of windows.values()) window.close();
      for (const stop of stops) stop();
      // A store that failed has said so.
      await book.journal.flush().catch(() => undefined);
    },
  };
}

/** Keeps what was written and not sent; an empty text is none. */
export function setDraft({ book, drafts, summaries }: Running, id: Id, text: string): void {
  if ((drafts.get(id) ?? "") === text) return;
  if (text === "") {
    drafts.delete(id);
    book.journal.add({ type: "delete", table: "drafts", key: keyOf(id) });
  } else {
    drafts.set(id, text);
    book.journal.add({ type: "put", table: "drafts", key: keyOf(id), row: { conversation: id, text } });
  }
  summaries.changed(id);
}
