import type { ReactElement } from "react";
import { useWords, type Words } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import { ListButton, ListText } from "../../ui/ListItem/ListItem.tsx";
import type { MenuAnchor } from "../../ui/Menu/place.ts";
import { Tag } from "../../ui/Tag/Tag.tsx";
import type { MemberSnapshot } from "./InfoPane.tsx";

interface Props {
  readonly member: MemberSnapshot;
  /** Opens what can be done with the member; undefined for the reader's own line. */
  readonly onMenu: ((anchor: MenuAnchor) => void) | undefined;
}

/** One member of a group. */
export function MemberRow({ member, onMenu }: Props): ReactElement {
  const words = useWords();
  const { t } = words;
  const role = member.role === "member" ? "" : t.info.roles[member.role];
  const content = {
    before: <Avatar face={member.face} size="md" online={member.presence.kind === "online"} />,
    title: member.name,
    text: member.you ? t.info.you : presenceText(member, words),
    value: role === "" ? undefined : <Tag label={role} />,
  };
  if (onMenu === undefined) return <ListText {...content} />;
  return (
    <ListButton
      {...content}
      extra={{
        "aria-haspopup": "menu",
        onContextMenu: (event) => {
          event.preventDefault();
          onMenu(event.currentTarget.getBoundingClientRect());
        },
      }}
      onClick={(event) => {
        onMenu(event.currentTarget.getBoundingClientRect());
      }}
    />
  );
}

function presenceText(member: MemberSnapshot, { t, format, now }: Words): string {
  switch (member.presence.kind) {
    case "unknown":
      return `@${member.handle}`;
    case "typing":
      return t.info.typing;
    case "online":
      return t.app.online;
    case "last_seen":
      return t.info.lastSeen(format.when(member.presence.time, now, member.presence.exactness));
  }
}
