import { computed, source, type Signal } from "../base/signal.ts";
import type { PeopleSnapshot } from "../views/ChatList/ChatList.tsx";
import type { PersonSnapshot } from "../views/PersonRow/PersonRow.tsx";
import { reasonOf, type Profile } from "./ports.ts";
import type { Session } from "./session.ts";

/** Who types does not ask the server with each letter. */
const pause = 250;
const most = 50;
/** What was not answered is asked again after so long, and after twice as long each further time. */
const firstAgain = 1_000;
const mostAgain = 30_000;

type Found =
  | { readonly state: "none" | "searching" }
  /** Who was found, by which text. */
  | { readonly state: "found"; readonly by: string; readonly profiles: readonly Profile[] };

export interface DirectorySearch {
  readonly people: Signal<PeopleSnapshot>;
  /** People are found by their whole handle only. */
  readonly exact: Signal<boolean>;
  readonly end: () => void;
}

/** People on the server, as what is typed finds them; without the reader. */
export function directorySearch(
  { client, people, platform, server }: Pick<Session, "client" | "people" | "platform" | "server">,
  query: Signal<string>,
  /** Whether everybody is found before something is typed, where the server tells. */
  { emptyFinds }: { readonly emptyFinds: boolean },
): DirectorySearch {
  const result = source<Found>({ state: "none" });
  const exact = computed((read) => read(server)?.directory === "exact");
  let asked = 0;
  let stopPause: (() => void) | undefined;

  const ask = (text: string, again = firstAgain): void => {
    const own = ++asked;
    client.profiles.search(text, most).then(
      (profiles) => {
        if (own === asked) result.set({ state: "found", by: text, profiles });
      },
      (error: unknown) => {
        if (own !== asked || text !== query.get().trim()) return;
        if (reasonOf(error) === "bad-parameter") {
          result.set({ state: "found", by: text, profiles: [] });
          return;
        }
        // Without an answer nobody knows whether there is somebody.
        result.set({ state: "searching" });
        stopPause = platform.clock.after(again, () => {
          ask(text, Math.min(2 * again, mostAgain));
        });
      },
    );
  };
  const look = (): void => {
    const text = query.get().trim();
    stopPause?.();
    stopPause = undefined;
    const browses = emptyFinds && server.get() !== undefined && !exact.get();
    if (text === "" && !browses) {
      asked++;
      result.set({ state: "none" });
      return;
    }
    if (result.get().state === "none") result.set({ state: "searching" });
    if (text === "") ask("");
    else
      stopPause = platform.clock.after(pause, () => {
        ask(text);
      });
  };
  const ends = [query.subscribe(look), server.subscribe(look)];
  look();
  return {
    exact,
    people: computed((read): PeopleSnapshot => {
      const now = read(result);
      if (now.state !== "found") return { state: now.state };
      const own = read(client.account)?.account;
      const others: PersonSnapshot[] = now.profiles
        .filter(({ account }) => account !== own)
        .map((profile) => people.personOf(read, profile));
      // That an earlier text found nobody says nothing of this one.
      const answered = now.by === read(query).trim() || others.length > 0;
      return answered ? { state: "found", people: others } : { state: "searching" };
    }),
    end: () => {
      asked++;
      stopPause?.();
      for (const end of ends) end();
    },
  };
}
