import { SquarePen } from "lucide-react";
import { useRef, useState, type KeyboardEvent, type ReactElement, type Ref } from "react";
import { cx } from "../../base/cx.ts";
import { useWords } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { Chips, type Chip } from "../../ui/Chips/Chips.tsx";
import { ConfirmDialog } from "../../ui/Dialog/ConfirmDialog.tsx";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import { Menu } from "../../ui/Menu/Menu.tsx";
import type { MenuAnchor } from "../../ui/Menu/place.ts";
import { SearchField } from "../../ui/SearchField/SearchField.tsx";
import { Spinner } from "../../ui/Spinner/Spinner.tsx";
import type { ChatRowSnapshot } from "../ChatRow/ChatRow.tsx";
import type { PersonSnapshot } from "../PersonRow/PersonRow.tsx";
import styles from "./ChatList.module.css";
import { ConnectionBanner, type ConnectionActions, type ConnectionSnapshot } from "./ConnectionBanner.tsx";
import { ChatListContent } from "./ChatListContent.tsx";
import { actionOfKey, rowMenu, type RowAction } from "./rowMenu.ts";

export type ChatFilter = "all" | "unread" | "groups" | "archived";

export type PeopleSnapshot =
  | { readonly state: "none" }
  | { readonly state: "searching" }
  | { readonly state: "found"; readonly people: readonly PersonSnapshot[] };

/** What stands below the filters. */
export type ChatListContentSnapshot =
  | { readonly state: "loading" }
  | { readonly state: "empty" }
  | { readonly state: "rows"; readonly rows: readonly ChatRowSnapshot[] }
  | {
      readonly state: "search";
      readonly rows: readonly ChatRowSnapshot[];
      readonly people: PeopleSnapshot;
      /** People are found by their whole handle only. */
      readonly exact: boolean;
    };

export interface ChatListSnapshot {
  readonly me: Face;
  /** The server's name. */
  readonly server: string;
  readonly connection: ConnectionSnapshot;
  readonly filter: ChatFilter;
  readonly query: string;
  /** Chats with something new. */
  readonly unread: number;
  readonly archived: boolean;
  /** The one that is open beside the list. */
  readonly open: string | undefined;
  readonly content: ChatListContentSnapshot;
}

export interface ChatListActions {
  readonly openSettings: () => void;
  readonly newChat: () => void;
  readonly setFilter: (filter: ChatFilter) => void;
  readonly setQuery: (query: string) => void;
  readonly act: (id: string, action: RowAction) => void;
  readonly openPerson: (person: PersonSnapshot) => void;
  readonly connection: ConnectionActions;
  /** Where a row leads. */
  readonly hrefOf: (id: string) => string;
}

interface Props {
  readonly snapshot: ChatListSnapshot;
  readonly actions: ChatListActions;
  readonly searchRef?: Ref<HTMLInputElement>;
}

/** What lies over the list: the menu of a row, or what is asked before a group is left. */
type Over =
  | { readonly kind: "menu"; readonly row: ChatRowSnapshot; readonly anchor: MenuAnchor }
  | { readonly kind: "leave"; readonly row: ChatRowSnapshot };

/** All conversations, with what is new in them. */
export function ChatList({ snapshot, actions, searchRef }: Props): ReactElement {
  const { t } = useWords();
  const [over, setOver] = useState<Over | undefined>(undefined);
  const rows = useRef<HTMLDivElement>(null);
  const { content, query } = snapshot;
  const searching = content.state === "search";

  const byKey = (event: KeyboardEvent<HTMLElement>): void => {
    const id = (event.target as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset.row;
    const row = listed(content).find((one) => one.id === id);
    const action = row === undefined ? undefined : actionOfKey(event, row);
    if (row === undefined || action === undefined) return;
    event.preventDefault();
    actions.act(row.id, action);
  };

  return (
    <>
      <Header snapshot={snapshot} actions={actions} />
      {content.state !== "empty" && (
        <SearchField
          ref={searchRef ?? null}
          label={t.list.search}
          clearLabel={t.list.clearSearch}
          keys="Ctrl K"
          value={query}
          onChange={actions.setQuery}
          onDown={() => {
            rows.current?.querySelector<HTMLElement>("[data-row]")?.focus();
          }}
        />
      )}
      {content.state !== "empty" && !searching && <Filters snapshot={snapshot} actions={actions} />}
      <ConnectionBanner connection={snapshot.connection} actions={actions.connection} />
      <div ref={rows} className={styles.rows} onKeyDown={byKey} aria-busy={content.state === "loading" || undefined}>
        <ChatListContent
          snapshot={snapshot}
          actions={actions}
          held={over?.kind === "menu" ? over.row.id : undefined}
          onMenu={(row, anchor) => {
            setOver({ kind: "menu", row, anchor });
          }}
        />
      </div>
      {over !== undefined && <OverRow over={over} actions={actions} onOver={setOver} />}
    </>
  );
}

interface OverProps {
  readonly over: Over;
  readonly actions: ChatListActions;
  readonly onOver: (over: Over | undefined) => void;
}

function OverRow({ over, actions, onOver }: OverProps): ReactElement {
  const { t } = useWords();
  const { row } = over;
  const close = (): void => {
    onOver(undefined);
  };
  if (over.kind === "leave") {
    return (
      <ConfirmDialog
        title={t.info.leaveTitle(row.title)}
        text={t.info.leaveText}
        confirm={t.info.leave}
        keep={t.info.stay}
        onConfirm={() => {
          actions.act(row.id, "leave");
        }}
        onClose={close}
      />
    );
  }
  return (
    <Menu
      label={t.rowMenu.label(row.title)}
      anchor={over.anchor}
      items={rowMenu(row, t, (action) => {
        if (action === "leave") onOver({ kind: "leave", row });
        else actions.act(row.id, action);
      })}
      onClose={close}
    />
  );
}

function listed(content: ChatListContentSnapshot): readonly ChatRowSnapshot[] {
  return content.state === "rows" || content.state === "search" ? content.rows : [];
}

function Header({ snapshot, actions }: Pick<Props, "snapshot" | "actions">): ReactElement {
  const { t } = useWords();
  const { state } = snapshot.connection;
  const busy = state === "connecting" || state === "updating";
  return (
    <header className={styles.header}>
      <button
        type="button"
        className={styles.me}
        aria-label={t.list.settings}
        title={t.list.settings}
        onClick={actions.openSettings}
      >
        <Avatar face={snapshot.me} size="sm" />
      </button>
      <h1 className={styles.title}>
        <span role="status" className={cx(busy && styles.busy)}>
          {busy && <Spinner />}
          {state === "connecting" ? t.list.connecting : state === "updating" ? t.list.updating : t.list.title}
        </span>
      </h1>
      <IconButton grows icon={SquarePen} label={t.list.newChat} onClick={actions.newChat} />
    </header>
  );
}

function Filters({ snapshot, actions }: Pick<Props, "snapshot" | "actions">): ReactElement {
  const { t } = useWords();
  const chips: Chip<ChatFilter>[] = [
    { value: "all", label: t.list.all },
    { value: "unread", label: t.list.unread, count: snapshot.unread },
    { value: "groups", label: t.list.groups },
  ];
  if (snapshot.archived || snapshot.filter === "archived") chips.push({ value: "archived", label: t.list.archived });
  return <Chips label={t.list.filter} chips={chips} value={snapshot.filter} onChange={actions.setFilter} />;
}
