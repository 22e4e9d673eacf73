import type { ReactElement } from "react";
import styles from "./StatesSheet.module.css";

const colours = [
  "canvas",
  "pane",
  "surface",
  "raised",
  "sunken",
  "text",
  "text-2",
  "text-3",
  "accent",
  "accent-hover",
  "accent-active",
  "accent-text",
  "accent-soft",
  "accent-soft-2",
  "bubble-in",
  "bubble-out",
  "tick",
  "tick-read",
  "danger",
  "danger-soft",
  "success",
  "success-soft",
  "warning",
  "warning-soft",
  "focus",
  "author-1",
  "author-2",
  "author-3",
  "author-4",
  "author-5",
  "author-6",
  "author-7",
  "author-8",
];

export function Colours(): ReactElement {
  return (
    <div className={styles.colours}>
      {colours.map((name) => (
        <span key={name}>
          <i style={{ background: `var(--c-${name})` }} />
          {name}
        </span>
      ))}
    </div>
  );
}

const letters = [
  ["3xl", "34 / 700", "Come in"],
  ["2xl", "26 / 700", "Chats"],
  ["xl", "20 / 600", "New group"],
  ["lg", "17 / 600", "Allotment rota"],
  ["body", "15–16 / 400", "So the squash should be in by noon"],
  ["md", "14 / 400", "See you at the gate at seven"],
  ["sm", "13 / 600", "Malik"],
  ["xs", "12 / 500", "Yesterday"],
  ["2xs", "11 / 400", "09:41"],
] as const;

export function Letters(): ReactElement {
  return (
    <div className={styles.letters}>
      {letters.map(([name, what, text]) => (
        <div key={name}>
          <small>
            {name}, {what}
          </small>
          <span style={{ fontSize: `var(--t-${name})`, fontWeight: Number(what.slice(-3)) }}>{text}</span>
        </div>
      ))}
    </div>
  );
}
