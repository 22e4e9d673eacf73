import type { Catalogue, Who } from "../../i18n/en.ts";

export type Role = "owner" | "admin" | "member";

/** What a conversation says about itself. */
export type SystemSnapshot =
  | { readonly what: "created"; readonly actor: Who; readonly name: string }
  | { readonly what: "added"; readonly actor: Who; readonly whom: readonly Who[] }
  | { readonly what: "removed"; readonly actor: Who; readonly whom: readonly Who[] }
  | { readonly what: "left"; readonly who: Who }
  | { readonly what: "renamed"; readonly actor: Who; readonly name: string }
  | { readonly what: "picture"; readonly actor: Who; readonly there: boolean }
  | { readonly what: "role"; readonly who: Who; readonly role: Role }
  | { readonly what: "unknown" };

export function systemText(words: Catalogue, event: SystemSnapshot): string {
  const { system } = words;
  switch (event.what) {
    case "created":
      return event.name === "" ? system.created(event.actor) : system.createdNamed(event.actor, event.name);
    case "added":
      return system.added(event.actor, event.whom);
    case "removed":
      return system.removed(event.actor, event.whom);
    case "left":
      return system.left(event.who);
    case "renamed":
      return system.renamed(event.actor, event.name);
    case "picture":
      return event.there ? system.picture(event.actor) : system.pictureRemoved(event.actor);
    case "role":
      return system.role[event.role](event.who);
    case "unknown":
      return system.unknown;
  }
}
