import { Search, Users } from "lucide-react";
import { useRef, type ReactElement } from "react";
import { useRoving } from "../../base/useRoving.ts";
import { useWords } from "../../i18n/Words.tsx";
import { Empty } from "../../ui/Empty/Empty.tsx";
import { ListButton } from "../../ui/ListItem/ListItem.tsx";
import { PaneHeader } from "../../ui/PaneHeader/PaneHeader.tsx";
import { SearchField } from "../../ui/SearchField/SearchField.tsx";
import { Spinner } from "../../ui/Spinner/Spinner.tsx";
import type { PeopleSnapshot } from "../ChatList/ChatList.tsx";
import { PersonRow, type PersonSnapshot } from "../PersonRow/PersonRow.tsx";
import styles from "./NewChat.module.css";

export interface NewChatSnapshot {
  /** The server's name. */
  readonly server: string;
  readonly query: string;
  /** People with whom there is a chat. */
  readonly recent: readonly PersonSnapshot[];
  /** People on the server, or those found by what was typed. */
  readonly people: PeopleSnapshot;
  /** People are found by their whole handle only. */
  readonly exact: boolean;
  /** Why the last choice did not lead to a chat. */
  readonly error: string | undefined;
}

export interface NewChatActions {
  readonly back: () => void;
  readonly setQuery: (query: string) => void;
  readonly choose: (person: PersonSnapshot) => void;
  readonly newGroup: () => void;
}

interface Props {
  readonly snapshot: NewChatSnapshot;
  readonly actions: NewChatActions;
}

/** Whom to write to. */
export function NewChat({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const { query, recent, people, exact, error, server } = snapshot;
  const rows = useRef<HTMLDivElement>(null);
  const found = people.state === "found" ? people.people : [];
  const { tabIndexOf, handlers } = useRoving(
    [...recent, ...found].map(({ id }) => id),
    undefined,
  );
  const nobody = query !== "" && people.state !== "searching" && recent.length === 0 && found.length === 0;
  const row = (person: PersonSnapshot): ReactElement => (
    <li key={person.id}>
      <PersonRow person={person} query={query} tabIndex={tabIndexOf(person.id)} onSelect={actions.choose} />
    </li>
  );
  return (
    <>
      <PaneHeader title={t.newChat.title} onBack={actions.back} />
      <SearchField
        first
        label={t.newChat.search}
        clearLabel={t.list.clearSearch}
        keys="Ctrl K"
        value={query}
        onChange={actions.setQuery}
        onLeave={actions.back}
        onDown={() => {
          rows.current?.querySelector<HTMLElement>("[data-row]")?.focus();
        }}
      />
      <div ref={rows} className={styles.rows} {...handlers}>
        {query === "" && (
          <ListButton look="circle" icon={Users} title={t.newChat.newGroup} onClick={actions.newGroup} />
        )}
        {error !== undefined && (
          <p className={styles.error} role="alert">
            {error}
          </p>
        )}
        {nobody && <Empty icon={Search} title={t.newChat.nobodyTitle} text={t.newChat.nobody(query)} />}
        {recent.length > 0 && <h2 className={styles.section}>{t.newChat.recent}</h2>}
        <ul>{recent.map(row)}</ul>
        {(found.length > 0 || (exact && query === "")) && <h2 className={styles.section}>{t.newChat.on(server)}</h2>}
        <ul>{found.map(row)}</ul>
        {exact && query === "" && <p className={styles.note}>{t.newChat.byHandle}</p>}
        {people.state === "searching" && (
          <p className={styles.note} role="status">
            <Spinner /> {t.list.searching}
          </p>
        )}
      </div>
    </>
  );
}
