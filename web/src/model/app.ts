import { RefreshCw } from "lucide-react";
import { computed, source, type Read, type Signal } from "../base/signal.ts";
import type { Catalogue } from "../i18n/en.ts";
import type { Locale } from "../i18n/format.ts";
import type { EmojiGroup } from "../views/EmojiPicker/emoji.ts";
import { connectionModel } from "./connection.ts";
import { currentOf } from "./current.ts";
import { emojiModel } from "./emoji.ts";
import { entryModel, type EntryModel } from "./entry/entry.ts";
import { languageOf, lookModel, type Look, type LookModel } from "./look.ts";
import { peopleOf } from "./people.ts";
import type { Platform } from "./platform.ts";
import type { Client, ServerInfo } from "./ports.ts";
import type { Router } from "./router.ts";
import type { Session } from "./session.ts";
import { signedIn, type SignedIn } from "./signedIn.ts";
import { toastsOn, type Toasts } from "./toasts.ts";

/** What the whole app is made of. */
export interface AppParts {
  readonly client: Client;
  readonly platform: Platform;
  readonly router: Router;
  readonly systemLocale: Locale;
  readonly systemLessMotion: Signal<boolean>;
  readonly catalogueOf: (locale: Locale) => Promise<Catalogue>;
  /** The catalogue to begin with, in the language that is chosen. */
  readonly catalogue: Catalogue;
  readonly emojiOf: (locale: Locale) => Promise<readonly EmojiGroup[]>;
  readonly applyLook: (look: Look) => void;
  /** Changes to a new build of the app; undefined as long as there is none. */
  readonly update: Signal<(() => void) | undefined>;
}

/** What is shown: nothing yet, the ways in, or what is one's own. */
export type Stage =
  | { readonly at: "opening"; readonly end?: () => void }
  | { readonly at: "entry"; readonly entry: EntryModel; readonly end: () => void }
  | { readonly at: "signed_in"; readonly own: SignedIn; readonly end: () => void };

export interface AppModel {
  readonly stage: Signal<Stage | undefined>;
  /** What the page begins with is known: who is signed in, and what stands in the conversation that the address names. */
  readonly ready: Signal<boolean>;
  readonly language: Signal<{ readonly locale: Locale; readonly catalogue: Catalogue }>;
  readonly minute: Signal<number>;
  readonly toasts: Toasts;
  readonly look: LookModel;
  readonly router: Router;
  readonly end: () => void;
}

export function appModel(parts: AppParts): AppModel {
  const { client, platform, router } = parts;
  const look = lookModel(platform, parts.systemLessMotion, parts.applyLook);
  const toasts = toastsOn(platform);
  const { language, end: endLanguage } = languageModel(parts, look);
  const words = computed((read) => read(language).catalogue);
  const locale = computed((read) => read(language).locale);
  const emoji = emojiModel(platform, locale, parts.emojiOf);
  const server = serverInfo(client);
  const sessionOf = (): Session => ({
    client,
    platform,
    router,
    toasts,
    look,
    words,
    server: server.value,
    people: peopleOf(client, platform),
    connection: connectionModel(client, platform),
  });
  const kind = computed((read) => {
    const { state } = read(client.connection);
    if (state === "opening") return "opening";
    if (state === "signed_out") return "entry";
    return read(client.account) === undefined ? "opening" : "signed_in";
  });
  let wasIn = false;
  const stage = currentOf(
    kind,
    (left, right) => left === right,
    (at): Stage => {
      if (at === "opening") return { at };
      if (at === "entry") {
        // Where somebody was when they left is not where the next one comes in.
        if (wasIn) router.go({ at: "list" });
        const entry = entryModel({ client, platform, router, words });
        return { at, entry, end: entry.end };
      }
      wasIn = true;
      server.ask();
      // Who came by an invitation or a scanned code does not come by it again.
      if (router.route.get().at === "invite") router.go({ at: "list" });
      const session = sessionOf();
      const own = signedIn(session, emoji);
      return {
        at,
        own,
        end: () => {
          own.end();
          session.connection.end();
        },
      };
    },
  );
  const stopAttending = activeWhileVisible(client, platform);
  const stopOffering = offerUpdates(parts, toasts, words);
  return {
    stage: stage.value,
    ready: computed((read) => isReady(read, read(stage.value))),
    language,
    minute: platform.minute,
    toasts,
    look,
    router,
    end: () => {
      for (const end of [stage.end, server.end, endLanguage, stopAttending, stopOffering, router.end]) end();
    },
  };
}

function isReady(read: Read, stage: Stage | undefined): boolean {
  if (stage?.at !== "signed_in") return stage?.at === "entry";
  const chat = read(stage.own.chat);
  if (chat === undefined) return true;
  const thread = read(chat.snapshot);
  return thread.state === "open" && typeof thread.log === "object";
}

function languageModel(
  { systemLocale, catalogueOf, catalogue }: AppParts,
  { look }: LookModel,
): { readonly language: AppModel["language"]; readonly end: () => void } {
  const wanted = (): Locale => languageOf(look.get().language, systemLocale);
  const language = source({ locale: wanted(), catalogue });
  const end = look.subscribe(() => {
    const locale = wanted();
    if (locale === language.get().locale) return;
    catalogueOf(locale).then(
      (next) => {
        if (wanted() === locale) language.set({ locale, catalogue: next });
      },
      // Without a network the language that is there stays.
      () => undefined,
    );
  });
  return { language, end };
}

interface ServerModel {
  readonly value: Signal<ServerInfo | undefined>;
  readonly ask: () => void;
  readonly end: () => void;
}

function serverInfo(client: Client): ServerModel {
  const value = source<ServerInfo | undefined>(undefined);
  const ask = (): void => {
    client.server().then(value.set, () => undefined);
  };
  // What could not be asked at the beginning is asked when there is a connection.
  const end = client.connection.subscribe(() => {
    if (client.connection.get().state === "online" && value.get() === undefined) ask();
  });
  return { value, ask, end };
}

/**
 * Presence, and later push, follow whether the app is on somebody's screen: two windows side by side are both there, though only
 * one has the focus. What is read is another matter (chat/log.ts).
 */
function activeWhileVisible(client: Client, { visible, networked }: Platform): () => void {
  const tell = (): void => {
    client.setActive(visible.get());
  };
  tell();
  const ends = [
    visible.subscribe(tell),
    networked.subscribe(() => {
      if (networked.get()) client.connect();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** A new build is not put in the reader's way: it is offered once, and is there with the next start anyhow. */
function offerUpdates({ update }: AppParts, toasts: Toasts, words: Signal<Catalogue>): () => void {
  const offer = (): void => {
    const change = update.get();
    if (change === undefined) return;
    const { update: text, updateNow } = words.get().toast;
    toasts.show(text, RefreshCw, { label: updateNow, onSelect: change }, "stays");
  };
  offer();
  return update.subscribe(offer);
}
