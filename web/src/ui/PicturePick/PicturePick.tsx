import { Camera } from "lucide-react";
import { useRef, type ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Avatar } from "../Avatar/Avatar.tsx";
import type { Face } from "../Avatar/face.ts";
import styles from "./PicturePick.module.css";

interface Props {
  readonly face: Face;
  readonly onPick: (file: File) => void;
  readonly onRemove: () => void;
}

/** A picture to be chosen; the server takes JPEG, PNG and WebP. */
export function PicturePick({ face, onPick, onRemove }: Props): ReactElement {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={styles.pick}>
      <button
        type="button"
        className={styles.button}
        aria-label={t.signUp.changePicture}
        title={t.signUp.changePicture}
        onClick={() => {
          input.current?.click();
        }}
      >
        <Avatar face={face} size="xl" />
        <span className={styles.camera}>
          <Camera size="1.125rem" strokeWidth={1.75} aria-hidden="true" />
        </span>
      </button>
      <input
        ref={input}
        hidden
        type="file"
        accept="image/jpeg,image/png,image/webp"
        aria-label={t.signUp.changePicture}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) onPick(file);
        }}
      />
      {face.picture !== undefined && (
        <button type="button" className={styles.remove} onClick={onRemove}>
          {t.signUp.removePicture}
        </button>
      )}
    </div>
  );
}
