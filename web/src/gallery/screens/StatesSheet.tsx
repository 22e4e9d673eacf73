import { Info, Search } from "lucide-react";
import { useState, type ReactElement, type ReactNode } from "react";
import { cx } from "../../base/cx.ts";
import { useWords } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import { Brand } from "../../ui/Brand/Brand.tsx";
import { Button, type ButtonKind } from "../../ui/Button/Button.tsx";
import { Check } from "../../ui/Check/Check.tsx";
import { Chips } from "../../ui/Chips/Chips.tsx";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import { Switch } from "../../ui/Switch/Switch.tsx";
import { Tick, type TickState } from "../../ui/Tick/Tick.tsx";
import { ChatRow, type ChatRowSnapshot } from "../../views/ChatRow/ChatRow.tsx";
import { at } from "../../model/fake/demoTime.ts";
import { drawn } from "../../model/fake/portrait.ts";
import { Colours, Letters } from "./SheetTokens.tsx";
import styles from "./StatesSheet.module.css";

const states = ["rest", "hover", "focus", "active", "disabled"] as const;
type State = (typeof states)[number];

/** Every state of the small components beside each other, with the tokens. Hover, focus and press are forced by their classes. */
export function StatesSheet(): ReactElement {
  return (
    <main className={styles.sheet}>
      <header className={styles.header}>
        <Brand />
        <h1>Component states and tokens</h1>
      </header>
      <div className={styles.columns}>
        <section>
          <h2>States</h2>
          <Table />
          <h2>Colour</h2>
          <Colours />
        </section>
        <section>
          <h2>List row</h2>
          <Rows />
          <h2>Ticks</h2>
          <Ticks />
          <h2>Avatars</h2>
          <Avatars />
          <h2>Type</h2>
          <Letters />
        </section>
      </div>
    </main>
  );
}

function Table(): ReactElement {
  return (
    <table>
      <thead>
        <tr>
          <td />
          {states.map((state) => (
            <th key={state} scope="col">
              {state}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <Line name="Primary" cell={(state) => <Forced state={state} kind="primary" label="Send" />} />
        <Line name="Quiet" cell={(state) => <Forced state={state} kind="quiet" label="Mute" />} />
        <Line name="Danger" cell={(state) => <Forced state={state} kind="danger" label="Delete" />} />
        <Line
          name="Icon"
          cell={(state) => (
            <span className={styles.round} data-state={state}>
              <IconButton icon={Info} label="Info" disabled={state === "disabled"} tabIndex={-1} />
            </span>
          )}
        />
        <Line name="Chip" cell={(state) => <ForcedChip state={state} on={false} />} />
        <Line name="Chip on" cell={(state) => <ForcedChip state={state} on />} />
        <Line
          name="Field"
          cell={(state) => (
            <span
              className={styles.field}
              data-state={state}
              aria-hidden={state === "disabled" || undefined}
              inert={state === "disabled"}
            >
              <Search size="1.125rem" strokeWidth={1.75} aria-hidden="true" />
              Search
            </span>
          )}
        />
        <Line
          name="Switch"
          cell={(state) => (
            <span className={styles.pair} data-state={state}>
              <Switch on disabled={state === "disabled"} />
              <Switch on={false} disabled={state === "disabled"} />
            </span>
          )}
        />
        <Line
          name="Check"
          cell={(state) => (
            <span className={styles.pair} data-state={state}>
              <Check on disabled={state === "disabled"} />
              <Check on={false} disabled={state === "disabled"} />
            </span>
          )}
        />
      </tbody>
    </table>
  );
}

function Line({ name, cell }: { readonly name: string; readonly cell: (state: State) => ReactNode }): ReactElement {
  return (
    <tr>
      <th scope="row">{name}</th>
      {states.map((state) => (
        <td key={state}>{cell(state)}</td>
      ))}
    </tr>
  );
}

interface ForcedProps {
  readonly state: State;
  readonly kind: ButtonKind;
  readonly label: string;
}

function Forced({ state, kind, label }: ForcedProps): ReactElement {
  return (
    <span className={styles.button} data-state={state} data-kind={kind}>
      <Button kind={kind} label={label} disabled={state === "disabled"} />
    </span>
  );
}

function ForcedChip({ state, on }: { readonly state: State; readonly on: boolean }): ReactElement {
  return (
    <span
      className={cx(styles.chip, on && styles.chipOn)}
      data-state={state}
      aria-hidden={state === "disabled" || undefined}
      inert={state === "disabled"}
    >
      <Chips
        label={`${state} chip`}
        chips={[{ value: "unread", label: "Unread", count: 3 }]}
        value={on ? "unread" : "none"}
        onChange={() => undefined}
      />
    </span>
  );
}

const row = (title: string, part: Partial<ChatRowSnapshot>): ChatRowSnapshot => ({
  id: title,
  title,
  face: { id: title, name: title, picture: undefined },
  online: false,
  group: false,
  time: at("09:12"),
  pinned: false,
  muted: false,
  archived: false,
  unread: 0,
  marked: false,
  preview: { kind: "none" },
  ...part,
});

function Rows(): ReactElement {
  const rows: readonly (readonly [ChatRowSnapshot, "rest" | "hover" | "focus" | "open"])[] = [
    [
      row("Allotment rota", {
        pinned: true,
        unread: 3,
        time: at("09:38"),
        preview: { kind: "message", author: "Malik", tick: undefined, text: "31 crates so far, still picking" },
      }),
      "rest",
    ],
    [row("Flat four", { pinned: true, preview: { kind: "draft", text: "Home by six, can you let the" } }), "hover"],
    [row("Anouk", { online: true, time: at("09:41"), preview: { kind: "typing", who: undefined } }), "focus"],
    [
      row("Theo", {
        preview: { kind: "message", author: undefined, tick: "read", text: "See you at the gate at seven" },
      }),
      "open",
    ],
  ];
  return (
    <ul className={styles.rows}>
      {rows.map(([one, state]) => (
        <li key={one.id} data-state={state}>
          <ChatRow
            row={one}
            href="#/"
            open={state === "open"}
            held={state === "hover"}
            query=""
            tabIndex={-1}
            onMenu={() => undefined}
          />
        </li>
      ))}
    </ul>
  );
}

const ticks: readonly TickState[] = ["sending", "sent", "delivered", "read", "failed"];

function Ticks(): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.ticks}>
      {ticks.map((state) => (
        <span key={state}>
          <i className={styles.tick}>
            <Tick state={state} />
          </i>
          {t.chat.state[state]}
        </span>
      ))}
    </div>
  );
}

function Avatars(): ReactElement {
  const [picture] = useState(() => URL.createObjectURL(new Blob([drawn("face anouk")], { type: "image/svg+xml" })));
  const names = ["Odile", "Sam", "Nora", "Hugo Nett", "Bea", "Wim", "Elif", "Dora"];
  return (
    <div className={styles.avatars}>
      <Avatar face={{ id: "anouk", name: "Anouk", picture }} size="lg" online />
      {names.map((name, index) => (
        <Avatar key={name} face={{ id: `tint ${index * 3 + 1}`, name, picture: undefined }} size="lg" />
      ))}
    </div>
  );
}
