import type { ReactElement } from "react";
import { cx } from "../../base/cx.ts";
import styles from "./Avatar.module.css";
import { initialsOf, tintOf, type Face } from "./face.ts";

export type AvatarSize = "xs" | "sm" | "md" | "lg" | "me" | "xl" | "xxl";

interface Props {
  readonly face: Face;
  readonly size: AvatarSize;
  /** Shows the dot. Whether somebody is online must be said in words, too, beside it. */
  readonly online?: boolean;
}

/** A picture or initials, for the eye alone: who it is stands beside it. Without a name it is not known yet. */
export function Avatar({ face, size, online = false }: Props): ReactElement {
  const tint = tintOf(face.id);
  return (
    <span
      className={cx(styles.avatar, styles[size])}
      style={
        face.picture === undefined && face.name !== ""
          ? { background: `var(--c-avatar-${tint})`, color: `var(--c-on-avatar-${tint})` }
          : undefined
      }
      aria-hidden="true"
    >
      {face.picture === undefined ? <span>{initialsOf(face.name)}</span> : <img src={face.picture} alt="" />}
      {online && <i className={styles.dot} />}
    </span>
  );
}
