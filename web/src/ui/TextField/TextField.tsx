import { CircleAlert, CircleCheck } from "lucide-react";
import { useId, type ComponentProps, type ReactElement, type ReactNode } from "react";
import { cx } from "../../base/cx.ts";
import { Spinner } from "../Spinner/Spinner.tsx";
import styles from "./TextField.module.css";

/** What is said beside and below a field. */
export type FieldState =
  | { readonly state: "plain" }
  | { readonly state: "busy"; readonly text: string }
  | { readonly state: "good"; readonly text: string }
  | { readonly state: "bad"; readonly text: string };

interface Props extends Omit<ComponentProps<"input">, "className" | "onChange" | "prefix"> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly state?: FieldState;
  /** Below the field, unless something is wrong. */
  readonly hint?: string | undefined;
  /** Stands before what is typed, as the @ of a handle. */
  readonly prefix?: string;
  /** Larger letters, all of one width: for codes. */
  readonly code?: boolean;
}

const plain: FieldState = { state: "plain" };

export function TextField({
  label,
  value,
  onChange,
  state = plain,
  hint,
  prefix,
  code = false,
  ...rest
}: Props): ReactElement {
  const id = useId();
  const note = state.state === "bad" ? state.text : hint;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={cx(styles.box, state.state === "bad" && styles.wrong)}>
        {prefix !== undefined && (
          <span className={styles.prefix} aria-hidden="true">
            {prefix}
          </span>
        )}
        <input
          {...rest}
          id={id}
          className={cx(styles.input, code && styles.code)}
          value={value}
          aria-invalid={state.state === "bad" || undefined}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
        <span className={styles.side} role="status">
          <Side state={state} />
        </span>
      </div>
      {note !== undefined && (
        <p id={`${id}-note`} className={cx(styles.note, state.state === "bad" && styles.error)}>
          {state.state === "bad" && <CircleAlert size="1rem" strokeWidth={2} aria-hidden="true" />}
          <span>{note}</span>
        </p>
      )}
    </div>
  );
}

function Side({ state }: { readonly state: FieldState }): ReactNode {
  if (state.state === "busy") {
    return (
      <span className={styles.busy}>
        <Spinner small />
        {state.text}
      </span>
    );
  }
  if (state.state === "good") {
    return (
      <span className={styles.good}>
        <CircleCheck size="1.0625rem" strokeWidth={1.75} aria-hidden="true" />
        {state.text}
      </span>
    );
  }
  return null;
}
