import { computed, source, type Read, type Signal } from "../base/signal.ts";
import type { Who } from "../i18n/en.ts";
import type { Face } from "../ui/Avatar/face.ts";
import type { PersonSnapshot } from "../views/PersonRow/PersonRow.tsx";
import type { Platform } from "./platform.ts";
import type { Client, ConversationSummary, Id, Profile } from "./ports.ts";

/** How many pictures are held at most; the one that was wanted longest ago goes first. */
const mostPictures = 300;

/** Names and faces of accounts and groups, as far as they are known. */
export interface People {
  readonly me: Signal<Face>;
  readonly nameOf: (read: Read, account: Id) => string;
  readonly faceOf: (read: Read, account: Id) => Face;
  readonly groupFace: (read: Read, id: Id, name: string, picture: string | undefined) => Face;
  readonly whoOf: (read: Read, account: Id) => Who;
  readonly personOf: (read: Read, profile: Profile) => PersonSnapshot;
  /** What a conversation is called, and what stands beside its name. */
  readonly titleOf: (read: Read, summary: ConversationSummary) => string;
  readonly conversationFace: (read: Read, summary: ConversationSummary) => Face;
  readonly profileOf: (read: Read, account: Id) => Profile | undefined;
}

export function peopleOf(client: Client, platform: Platform): People {
  const picture = picturesOf(client, platform);
  const faces = new Map<Id, Face>();
  /** The same object for the same face, so that rows with it stay the same. */
  const face = (id: Id, name: string, address: string | undefined): Face => {
    const known = faces.get(id);
    if (known?.name === name && known.picture === address) return known;
    const made = { id, name, picture: address };
    faces.set(id, made);
    return made;
  };
  const profileOf = (read: Read, account: Id): Profile | undefined => read(client.profiles.get(account));
  const own = (read: Read): Id | undefined => read(client.account)?.account;

  const nameOf = (read: Read, account: Id): string => profileOf(read, account)?.name ?? "…";
  const faceOf = (read: Read, account: Id): Face => {
    const profile = profileOf(read, account);
    const hash = profile?.picture ?? undefined;
    return face(account, profile?.name ?? "", hash === undefined ? undefined : read(picture(hash)));
  };
  const groupFace = (read: Read, id: Id, name: string, hash: string | undefined): Face =>
    face(id, name, hash === undefined ? undefined : read(picture(hash)));
  const titleOf = (read: Read, { kind, name, with: other }: ConversationSummary): string =>
    kind === "group" ? name : other === undefined ? "…" : nameOf(read, other);
  return {
    profileOf,
    nameOf,
    faceOf,
    groupFace,
    titleOf,
    me: computed((read) => {
      const account = own(read);
      return account === undefined ? face("", "", undefined) : faceOf(read, account);
    }),
    whoOf: (read, account) => ({ name: nameOf(read, account), you: account === own(read) }),
    personOf: (read, profile) => ({
      id: profile.account,
      name: profile.name,
      handle: profile.handle,
      face: face(profile.account, profile.name, profile.picture === null ? undefined : read(picture(profile.picture))),
      online: read(client.presence(profile.account)).online,
    }),
    conversationFace: (read, summary) =>
      summary.kind === "group" || summary.with === undefined
        ? groupFace(read, summary.id, summary.name, summary.picture)
        : faceOf(read, summary.with),
  };
}

/** Pictures by their hash: fetched when they are first wanted, and shown from an address of this page. */
function picturesOf(client: Client, platform: Platform): (hash: string) => Signal<string | undefined> {
  const known = new Map<string, Signal<string | undefined>>();
  return (hash) => {
    const there = known.get(hash);
    if (there !== undefined) {
      known.delete(hash);
      known.set(hash, there);
      return there;
    }
    const address = source<string | undefined>(undefined);
    known.set(hash, address);
    client
      .picture(hash)
      .then((blob) => {
        // Who was let go before its picture came would keep it for good.
        if (known.get(hash) === address) address.set(platform.addressOf(blob));
      })
      .catch(() => {
        // The initials stay; the next time that it is wanted it is asked for again.
        if (known.get(hash) === address) known.delete(hash);
      });
    if (known.size > mostPictures) letGo(known, platform);
    return address;
  };
}

function letGo(known: Map<string, Signal<string | undefined>>, platform: Platform): void {
  const [oldest] = known;
  if (oldest === undefined) return;
  known.delete(oldest[0]);
  const address = oldest[1].get();
  if (address !== undefined) platform.giveBack(address);
}
