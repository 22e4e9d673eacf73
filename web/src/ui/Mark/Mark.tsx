import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Mark.module.css";

interface Props {
  /** Width and height in px at the usual text size. */
  readonly size: number;
  /** On a picture: white. */
  readonly onPicture?: boolean;
}

/** The bird. It looks to the right in every language, and stands only where the app greets somebody. */
export function Mark({ size, onPicture = false }: Props): ReactElement {
  const side = `${size / 16}rem`;
  return (
    <svg
      className={cx(styles.mark, onPicture && styles.onPicture)}
      viewBox="0 0 64 64"
      style={{ width: side, height: side }}
      aria-hidden="true"
    >
      <path className={styles.legs} d="M30.4 47.4 29.2 56.4M38.2 46.8 38.6 56.4M27.6 56.6h3.2M37.2 56.6h3.2" />
      <path className={styles.ink} d="M46.9 15.8C52.8 15.2 59.9 17.4 63.5 23.2C58.9 20.4 53.4 19.4 47.6 19.9Z" />
      <path
        className={styles.breast}
        d="M47.6 17.6C45.4 10.4 37.4 8.2 31.8 12.2C27 15.6 25.4 20.6 20.6 25.8C15.6 31.2 9 35.4 2 38.6C8.6 40.4 13 41.2 17.6 43.2C25.6 50.8 38.6 50.4 44.6 43.2C50 36.6 49.6 25.6 47.6 17.6Z"
      />
      <path
        className={styles.ink}
        d="M23.4 46.6C22.6 39.6 30 34.2 38 34.6C43 34.8 46.4 37.2 47 39.6C46.4 41 45.6 42.2 44.6 43.2C39.4 49.2 30.4 50.4 23.4 46.6Z"
      />
      <path
        className={styles.back}
        d="M47.6 17.6C45.4 10.4 37.4 8.2 31.8 12.2C27 15.6 25.4 20.6 20.6 25.8C15.6 31.2 9 35.4 2 38.6C8.6 40.4 13 41.2 17.6 43.2C21.8 40 27.6 37.8 32.4 33.6C36.6 30 38.6 26.2 38.4 22.4C40.6 20.6 44 18.6 47.6 17.6Z"
      />
      <circle className={styles.eye} cx="40.2" cy="16.4" r="1.9" />
    </svg>
  );
}
