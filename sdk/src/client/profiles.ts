import type { Clock, Stop } from "../base/clock.ts";
import type { Id } from "../base/id.ts";
import { signalOf } from "../base/signal.ts";
import type { Source } from "../base/signal.ts";
import type { AccountApi } from "../http/api.ts";
import type { Profile } from "../http/shapes.ts";
import type { ProfileRow } from "../store/rows.ts";
import { keyOf } from "../store/store.ts";
import type { Journal } from "../sync/journal.ts";

/** Names and pictures of accounts: from the store at once, from the server when they are wanted and not known. */
export interface Profiles {
  /** Calls `listener` with the profile, undefined while it is not known, until the returned function is called. */
  watch(account: Id, listener: (profile: Profile | undefined) => void): Stop;
  /** Takes over what was read elsewhere, unless a later version is known. */
  learn(profiles: readonly Profile[]): void;
  /** An account has another profile since `version`: reads it anew if anybody has wanted it. */
  changed(account: Id, version: number): void;
  /** There is a connection again: what could not be read is tried again. */
  retry(): void;
}

export interface ProfilesParts {
  readonly api: Pick<AccountApi, "profiles">;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly known: readonly ProfileRow[];
}

/** Accounts of one request, as the server allows. */
const batch = 100;
/** What is wanted within this time is asked for in one go, in milliseconds. */
const gathers = 15;

/** Makes one of what the store has. */
export function createProfiles({ api, journal, clock, known }: ProfilesParts): Profiles {
  const sources = new Map<Id, Source<Profile | undefined>>();
  const rows = new Map(known.map((row) => [row.account, row]));
  const wanted = new Set<Id>();
  let gathering = false;

  const sourceOf = (account: Id): Source<Profile | undefined> => {
    const row = rows.get(account);
    const source = sources.get(account) ?? signalOf(row === undefined ? undefined : profileOf(row));
    sources.set(account, source);
    return source;
  };
  const learn = (profiles: readonly Profile[]): void => {
    for (const profile of profiles) {
      wanted.delete(profile.account);
      if ((rows.get(profile.account)?.version ?? -1) >= profile.version) continue;
      const row = rowOf(profile);
      rows.set(profile.account, row);
      journal.add({ type: "put", table: "profiles", key: keyOf(profile.account), row });
      sources.get(profile.account)?.set(profile);
    }
  };
  const ask = async (): Promise<void> => {
    gathering = false;
    const accounts = [...wanted].slice(0, batch);
    if (accounts.length === 0) return;
    try {
      learn(await api.profiles(accounts));
      // Those that the server does not know are not asked for again by themselves.
      for (const account of accounts) wanted.delete(account);
      if (wanted.size > 0) gather();
    } catch {
      // They stay wanted, and are asked for with the next, or the next connection.
    }
  };
  const gather = (): void => {
    if (gathering) return;
    gathering = true;
    clock.after(gathers, () => void ask());
  };
  return {
    watch: (account, listener) => {
      const { signal } = sourceOf(account);
      listener(signal.get());
      if (signal.get() === undefined) {
        wanted.add(account);
        gather();
      }
      return signal.subscribe(() => {
        listener(signal.get());
      });
    },
    learn,
    changed: (account, version) => {
      if (!rows.has(account) && !sources.has(account)) return;
      if ((rows.get(account)?.version ?? -1) >= version) return;
      wanted.add(account);
      gather();
    },
    retry: () => {
      if (wanted.size > 0) gather();
    },
  };
}

function profileOf(row: ProfileRow): Profile {
  return { ...row, picture: row.picture ?? null };
}

function rowOf({ account, handle, name, about, picture, version }: Profile): ProfileRow {
  return { account, handle, name, about, version, ...(picture === null ? {} : { picture }) };
}
