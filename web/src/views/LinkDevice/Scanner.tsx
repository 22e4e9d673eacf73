import { Keyboard, X } from "lucide-react";
import { useEffect, useRef, type ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import { useModal } from "../../ui/Dialog/useModal.ts";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import type { LinkDeviceActions } from "./LinkDevice.tsx";
import styles from "./Scanner.module.css";

interface Props {
  readonly camera: MediaStream | undefined;
  readonly host: string;
  readonly actions: LinkDeviceActions;
}

/** What the camera sees, and a frame for the code in it. */
export function Scanner({ camera, host, actions }: Props): ReactElement {
  const { t } = useWords();
  const words = t.linkDevice;
  const dialog = useModal(actions.close);
  const video = useRef<HTMLVideoElement>(null);
  const { look } = actions;
  useEffect(() => {
    const element = video.current;
    if (element === null || camera === undefined) return;
    element.srcObject = camera;
    const playing = (): void => {
      look(element);
    };
    element.addEventListener("playing", playing);
    void element.play().catch(() => undefined);
    return () => {
      element.removeEventListener("playing", playing);
      element.srcObject = null;
    };
  }, [camera, look]);
  return (
    <dialog ref={dialog} className={styles.scanner} aria-label={words.title}>
      <video ref={video} className={styles.video} muted playsInline aria-hidden="true" />
      <header className={styles.header}>
        <IconButton onPicture icon={X} label={t.app.close} onClick={actions.close} />
        <h2>{words.title}</h2>
      </header>
      <div className={styles.frame} aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
      <div className={styles.words}>
        <b>{words.point}</b>
        <span>{words.openThere(host)}</span>
        <Button kind="glass" icon={Keyboard} label={words.typeInstead} onClick={actions.type} />
      </div>
    </dialog>
  );
}
