import encodeQR from "qr";
import { useMemo, type ReactElement } from "react";
import { Mark } from "../Mark/Mark.tsx";
import { pathsOf } from "./paths.ts";
import styles from "./QrCode.module.css";

interface Props {
  /** An address. The codes of shorter texts (11 letters and less) are too small to do without their middle. */
  readonly text: string;
  /** What it is for; who cannot scan it is given the text in another way. */
  readonly label: string;
}

/** A QR code in dots with rounded corners, and the bird in its middle (which the error correction makes up for). */
export function QrCode({ text, label }: Props): ReactElement {
  const { size, dots, rings, eyes } = useMemo(() => pathsOf(modulesOf(text)), [text]);
  return (
    <div className={styles.card} role="img" aria-label={label}>
      <svg className={styles.code} viewBox={`0 0 ${size} ${size}`} aria-hidden="true">
        <path className={styles.dots} d={dots} />
        <path className={styles.rings} d={rings} />
        <path className={styles.dots} d={eyes} />
      </svg>
      <span className={styles.mark}>
        <Mark size={46} />
      </span>
    </div>
  );
}

/** The encoder wants an edge of at least one module; the card around the code has its own. */
function modulesOf(text: string): readonly (readonly boolean[])[] {
  return encodeQR(text, "raw", { ecc: "quartile", border: 1 })
    .slice(1, -1)
    .map((row) => row.slice(1, -1));
}
