import { Search, X } from "lucide-react";
import { useRef, type ReactElement } from "react";
import { useRoving } from "../../base/useRoving.ts";
import { useWords } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import { Empty } from "../../ui/Empty/Empty.tsx";
import { PaneHeader } from "../../ui/PaneHeader/PaneHeader.tsx";
import { SearchField } from "../../ui/SearchField/SearchField.tsx";
import { Spinner } from "../../ui/Spinner/Spinner.tsx";
import type { PeopleSnapshot } from "../ChatList/ChatList.tsx";
import { PersonRow, type PersonSnapshot } from "../PersonRow/PersonRow.tsx";
import { NameGroup, type NameGroupSnapshot } from "./NameGroup.tsx";
import styles from "./NewGroup.module.css";

/** People for a group: a new one, which is then named, or one that there is. */
export type NewGroupSnapshot =
  | {
      readonly step: "people";
      readonly purpose: "new" | "add";
      readonly server: string;
      readonly query: string;
      readonly picked: readonly PersonSnapshot[];
      readonly people: PeopleSnapshot;
      /** How many a group can have, the reader included. */
      readonly most: number;
      /** Its members, the reader included, before those who are picked. */
      readonly already: number;
      readonly busy: boolean;
      readonly error: string | undefined;
    }
  | NameGroupSnapshot;

export interface NewGroupActions {
  readonly back: () => void;
  readonly setQuery: (query: string) => void;
  readonly toggle: (person: PersonSnapshot) => void;
  readonly next: () => void;
  readonly setName: (name: string) => void;
  readonly setPicture: (file: File) => void;
  readonly removePicture: () => void;
  readonly make: () => void;
}

interface Props {
  readonly snapshot: NewGroupSnapshot;
  readonly actions: NewGroupActions;
}

export function NewGroup({ snapshot, actions }: Props): ReactElement {
  return snapshot.step === "people" ? (
    <PickPeople snapshot={snapshot} actions={actions} />
  ) : (
    <NameGroup snapshot={snapshot} actions={actions} />
  );
}

type PeopleStep = Extract<NewGroupSnapshot, { step: "people" }>;

function PickPeople({
  snapshot,
  actions,
}: {
  readonly snapshot: PeopleStep;
  readonly actions: NewGroupActions;
}): ReactElement {
  const { t } = useWords();
  const { query, picked, people, server, purpose, most, already, busy, error } = snapshot;
  const rows = useRef<HTMLDivElement>(null);
  const found = people.state === "found" ? people.people : [];
  const ids = found.map(({ id }) => id);
  const { tabIndexOf, handlers } = useRoving(ids, undefined);
  const nobody = people.state === "found" && found.length === 0 && query !== "";
  return (
    <>
      <PaneHeader
        title={purpose === "new" ? t.newGroup.title : t.newGroup.addTitle}
        note={t.newGroup.count(already - 1 + picked.length, most)}
        onBack={actions.back}
      />
      {picked.length > 0 && <Picked picked={picked} onRemove={actions.toggle} />}
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
        {found.length > 0 && <h2 className={styles.section}>{t.newChat.on(server)}</h2>}
        {nobody && <Empty icon={Search} title={t.newChat.nobodyTitle} text={t.newChat.nobody(query)} />}
        <ul>
          {found.map((person) => (
            <li key={person.id}>
              <PersonRow
                person={person}
                query={query}
                tabIndex={tabIndexOf(person.id)}
                chosen={picked.some(({ id }) => id === person.id)}
                onSelect={actions.toggle}
              />
            </li>
          ))}
        </ul>
        {people.state === "searching" && (
          <p className={styles.note} role="status">
            <Spinner /> {t.list.searching}
          </p>
        )}
      </div>
      {(picked.length > 0 || error !== undefined) && (
        <Foot
          label={purpose === "new" ? t.newGroup.next : t.newGroup.add}
          busy={busy}
          error={error}
          onClick={actions.next}
        />
      )}
    </>
  );
}

interface FootProps {
  readonly label: string;
  readonly busy: boolean;
  readonly error: string | undefined;
  readonly onClick: () => void;
}

function Foot({ label, busy, error, onClick }: FootProps): ReactElement {
  return (
    <footer className={styles.foot}>
      {error !== undefined && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <Button kind="primary" large busy={busy} label={label} onClick={onClick} />
    </footer>
  );
}

interface PickedProps {
  readonly picked: readonly PersonSnapshot[];
  readonly onRemove: (person: PersonSnapshot) => void;
}

function Picked({ picked, onRemove }: PickedProps): ReactElement {
  const { t } = useWords();
  return (
    <ul className={styles.picked} aria-label={t.newGroup.picked}>
      {picked.map((person) => (
        <li key={person.id}>
          <button
            type="button"
            className={styles.one}
            aria-label={t.newGroup.remove(person.name)}
            title={t.newGroup.remove(person.name)}
            onClick={() => {
              onRemove(person);
            }}
          >
            <Avatar face={person.face} size="lg" />
            <i className={styles.cross}>
              <X size="0.75rem" strokeWidth={2.6} aria-hidden="true" />
            </i>
            <span className={styles.name}>{person.name.split(" ")[0]}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
