import { Crown, MessageCircle, ShieldCheck, ShieldMinus, UserMinus, type LucideIcon } from "lucide-react";
import type { Words } from "../../i18n/Words.tsx";
import type { MenuItem } from "../../ui/Menu/Menu.tsx";
import type { InfoActions, MemberRole, MemberSnapshot } from "./InfoPane.tsx";
import type { InfoQuestion } from "./InfoDialogs.tsx";

/** What somebody with `role` can do with another member: admins remove members, the owner decides on admins. */
export function memberMenu(
  member: MemberSnapshot,
  role: MemberRole,
  t: Words["t"],
  actions: InfoActions,
  ask: (question: InfoQuestion) => void,
): MenuItem[] {
  const words = t.info;
  const items: MenuItem[] = [];
  const add = (key: string, label: string, icon: LucideIcon, onSelect: () => void, danger = false): void => {
    items.push({ kind: "action", key, label, icon, onSelect, danger });
  };
  const { id, name } = member;
  add("write", words.writeTo, MessageCircle, () => {
    actions.writeTo(id);
  });
  if (role === "owner" && member.role === "member") {
    add("admin", words.makeAdmin, ShieldCheck, () => {
      actions.setRole(id, "admin");
    });
  }
  if (role === "owner" && member.role === "admin") {
    add("member", words.makeMember, ShieldMinus, () => {
      actions.setRole(id, "member");
    });
    add("owner", words.makeOwner, Crown, () => {
      ask({ kind: "owner", member: id, name });
    });
  }
  const mayRemove = role === "owner" || (role === "admin" && member.role === "member");
  if (mayRemove) {
    items.push({ kind: "separator", key: "before-remove" });
    add(
      "remove",
      words.remove,
      UserMinus,
      () => {
        ask({ kind: "remove", member: id, name });
      },
      true,
    );
  }
  return items;
}
