import { computed, source, type Signal } from "../base/signal.ts";
import type { PeopleSnapshot } from "../views/ChatList/ChatList.tsx";
import type { PersonSnapshot } from "../views/PersonRow/PersonRow.tsx";
import type { Profile } from "./ports.ts";
import type { Session } from "./session.ts";

/** Who types does not ask the server with each letter. */
const pause = 250;
const most = 50;

export interface DirectorySearch {
  readonly people: Signal<PeopleSnapshot>;
  /** People are found by their whole handle only. */
  readonly exact: Signal<boolean>;
  readonly end: () => void;
}

/** People on the server, as what is typed finds them; without the reader. */
export function directorySearch(
  { client, people, platform, server }: Session,
  query: Signal<string>,
  /** Whether everybody is found before something is typed, where the server tells. */
  { emptyFinds }: { readonly emptyFinds: boolean },
): DirectorySearch {
  const result = source<
    { readonly state: "none" | "searching" } | { readonly state: "found"; readonly profiles: readonly Profile[] }
  >({
    state: "none",
  });
  const exact = computed((read) => read(server)?.directory === "exact");
  let asked = 0;
  let stopPause: (() => void) | undefined;

  const ask = (text: string): void => {
    const own = ++asked;
    client.profiles.search(text, most).then(
      (profiles) => {
        if (own === asked) result.set({ state: "found", profiles });
      },
      () => {
        if (own === asked) result.set({ state: "found", profiles: [] });
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
      return { state: "found", people: others };
    }),
    end: () => {
      stopPause?.();
      for (const end of ends) end();
    },
  };
}
