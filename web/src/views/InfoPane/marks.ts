import { Archive, ArchiveRestore, Bell, BellOff, Pin, PinOff } from "lucide-react";
import type { Words } from "../../i18n/Words.tsx";
import type { QuickAction } from "../../ui/Hero/Hero.tsx";
import type { InfoActions, InfoSnapshot } from "./InfoPane.tsx";

/** Mute, pin and archive, as what they would do now. */
export function markActions(snapshot: InfoSnapshot, actions: InfoActions, t: Words["t"]): QuickAction[] {
  const { muted, pinned, archived } = snapshot;
  return [
    {
      key: "mute",
      label: muted ? t.info.unmute : t.info.mute,
      icon: muted ? Bell : BellOff,
      onSelect: () => {
        actions.setMuted(!muted);
      },
    },
    {
      key: "pin",
      label: pinned ? t.info.unpin : t.info.pin,
      icon: pinned ? PinOff : Pin,
      onSelect: () => {
        actions.setPinned(!pinned);
      },
    },
    {
      key: "archive",
      label: archived ? t.info.unarchive : t.info.archive,
      icon: archived ? ArchiveRestore : Archive,
      onSelect: () => {
        actions.setArchived(!archived);
      },
    },
  ];
}
