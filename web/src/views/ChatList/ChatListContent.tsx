import { MessageCirclePlus, Search } from "lucide-react";
import type { ReactElement } from "react";
import { useRoving } from "../../base/useRoving.ts";
import { useWords } from "../../i18n/Words.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import { Empty } from "../../ui/Empty/Empty.tsx";
import { Hidden } from "../../ui/Hidden/Hidden.tsx";
import type { MenuAnchor } from "../../ui/Menu/place.ts";
import { Spinner } from "../../ui/Spinner/Spinner.tsx";
import { ChatRow, type ChatRowSnapshot } from "../ChatRow/ChatRow.tsx";
import { PersonRow, type PersonSnapshot } from "../PersonRow/PersonRow.tsx";
import styles from "./ChatList.module.css";
import type { ChatFilter, ChatListActions, ChatListSnapshot, PeopleSnapshot } from "./ChatList.tsx";
import { RowSkeletons } from "./RowSkeletons.tsx";

interface Props {
  readonly snapshot: ChatListSnapshot;
  readonly actions: ChatListActions;
  /** The row whose menu is open. */
  readonly held: string | undefined;
  readonly onMenu: (row: ChatRowSnapshot, anchor: MenuAnchor) => void;
}

/** What stands below search and filters: rows, what was found, or why there is nothing. */
export function ChatListContent({ snapshot, actions, held, onMenu }: Props): ReactElement {
  const { t } = useWords();
  const { content } = snapshot;
  switch (content.state) {
    case "loading":
      return <RowSkeletons label={t.app.loading} />;
    case "empty":
      return (
        <Empty title={t.list.emptyTitle} text={t.list.empty}>
          <Button kind="primary" icon={MessageCirclePlus} label={t.list.newChat} onClick={actions.newChat} />
        </Empty>
      );
    case "rows":
      return content.rows.length === 0 ? (
        <NoRows filter={snapshot.filter} />
      ) : (
        <Rows
          rows={content.rows}
          people={[]}
          snapshot={snapshot}
          actions={actions}
          held={held}
          onMenu={onMenu}
          headings={undefined}
        />
      );
    case "search":
      return <Found content={content} snapshot={snapshot} actions={actions} held={held} onMenu={onMenu} />;
  }
}

function NoRows({ filter }: { readonly filter: ChatFilter }): ReactElement {
  const { list } = useWords().t;
  switch (filter) {
    case "all":
      return <Empty title={list.emptyTitle} text={list.empty} />;
    case "unread":
      return <Empty title={list.noneUnreadTitle} text={list.noneUnread} />;
    case "groups":
      return <Empty title={list.noGroupsTitle} text={list.noGroups} />;
    case "archived":
      return <Empty title={list.noneArchivedTitle} text={list.noneArchived} />;
  }
}

interface FoundProps extends Props {
  readonly content: {
    readonly rows: readonly ChatRowSnapshot[];
    readonly people: PeopleSnapshot;
    readonly exact: boolean;
  };
}

function Found({ content, ...rest }: FoundProps): ReactElement {
  const { t } = useWords();
  const { rows, people, exact } = content;
  const found = people.state === "found" ? people.people : [];
  const { query, server } = rest.snapshot;
  const nothing = rows.length === 0 && found.length === 0;
  if (nothing && people.state !== "searching") {
    const text = exact ? t.list.nothingExact(query) : t.list.nothing(query);
    return <Empty icon={Search} title={t.list.nothingTitle} text={text} />;
  }
  return (
    <>
      <Rows {...rest} rows={rows} people={found} headings={{ chats: t.list.chats, people: t.list.people(server) }} />
      {people.state === "searching" && (
        <p className={styles.searching}>
          <Spinner />
          {t.list.searching}
        </p>
      )}
    </>
  );
}

interface RowsProps extends Props {
  readonly rows: readonly ChatRowSnapshot[];
  readonly people: readonly PersonSnapshot[];
  readonly headings: { readonly chats: string; readonly people: string } | undefined;
}

function Rows({ rows, people, headings, snapshot, actions, held, onMenu }: RowsProps): ReactElement {
  const { t } = useWords();
  const ids = [...rows, ...people].map(({ id }) => id);
  const { tabIndexOf, handlers } = useRoving(ids, snapshot.open);
  return (
    <div {...handlers}>
      {headings !== undefined && rows.length > 0 && <h2 className={styles.section}>{headings.chats}</h2>}
      {headings === undefined && (
        <h2>
          <Hidden>{t.list.rows}</Hidden>
        </h2>
      )}
      <ul>
        {rows.map((row) => (
          <li key={row.id} className={styles.place}>
            <ChatRow
              row={row}
              href={actions.hrefOf(row.id)}
              open={row.id === snapshot.open}
              query={headings === undefined ? "" : snapshot.query}
              tabIndex={tabIndexOf(row.id)}
              held={row.id === held}
              onMenu={onMenu}
            />
          </li>
        ))}
      </ul>
      {headings !== undefined && people.length > 0 && <h2 className={styles.section}>{headings.people}</h2>}
      <ul>
        {people.map((person) => (
          <li key={person.id} className={styles.place}>
            <PersonRow
              person={person}
              query={snapshot.query}
              tabIndex={tabIndexOf(person.id)}
              onSelect={actions.openPerson}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
