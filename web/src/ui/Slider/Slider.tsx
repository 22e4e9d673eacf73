import type { CSSProperties, ReactElement } from "react";
import styles from "./Slider.module.css";

interface Props {
  readonly label: string;
  /** The name of each step, from the lowest. */
  readonly steps: readonly string[];
  /** From 0. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** Steps from a small to a large letter. */
export function Slider({ label, steps, value, onChange }: Props): ReactElement {
  const share = (value / (steps.length - 1)) * 100;
  return (
    <div className={styles.slider}>
      <small className={styles.small} aria-hidden="true">
        A
      </small>
      <input
        className={styles.range}
        type="range"
        aria-label={label}
        aria-valuetext={steps[value]}
        min={0}
        max={steps.length - 1}
        step={1}
        value={value}
        style={{ "--share": `${share}%` } as CSSProperties}
        onChange={(event) => {
          onChange(Number(event.target.value));
        }}
      />
      <span className={styles.large} aria-hidden="true">
        A
      </span>
    </div>
  );
}
