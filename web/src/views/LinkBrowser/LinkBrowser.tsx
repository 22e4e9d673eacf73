import { History } from "lucide-react";
import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Brand } from "../../ui/Brand/Brand.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import { Notice } from "../../ui/Notice/Notice.tsx";
import { QrCode } from "../../ui/QrCode/QrCode.tsx";
import { Spinner } from "../../ui/Spinner/Spinner.tsx";
import { Strong } from "../../ui/Strong/Strong.tsx";
import styles from "./LinkBrowser.module.css";

/** How far this new device has come. */
export type LinkBrowserSnapshot =
  | { readonly state: "making" }
  | {
      readonly state: "waiting";
      /** As it is read out: `ABCD-EFGH`. */
      readonly code: string;
      /** What the QR code holds. */
      readonly address: string;
      /** Seconds until there is another. */
      readonly left: number;
    }
  | { readonly state: "seen" }
  | { readonly state: "linked" }
  | { readonly state: "refused" }
  | { readonly state: "failed" };

export interface LinkBrowserActions {
  readonly newCode: () => void;
  readonly back: () => void;
}

interface Props {
  readonly snapshot: LinkBrowserSnapshot;
  readonly actions: LinkBrowserActions;
}

/** A new device shows a code, which one that is in already reads. */
export function LinkBrowser({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.words}>
          <Brand size={36} />
          <h1 className={styles.title}>{t.link.title}</h1>
          <ol className={styles.steps}>
            {t.link.steps.map((step) => (
              <li key={step}>
                <Strong text={step} />
              </li>
            ))}
          </ol>
          <p className={styles.along}>
            <History size="1.125rem" strokeWidth={1.75} aria-hidden="true" />
            <span>{t.link.comeAlong}</span>
          </p>
          <Notice />
          <p className={styles.other}>
            {t.link.noPhone}{" "}
            <button type="button" className={styles.link} onClick={actions.back}>
              {t.link.useInvite}
            </button>
          </p>
        </div>
        <div className={styles.code}>
          <Code snapshot={snapshot} actions={actions} />
        </div>
      </div>
    </main>
  );
}

function Code({ snapshot, actions }: Props): ReactElement {
  const { t, format } = useWords();
  switch (snapshot.state) {
    case "waiting":
      return (
        <>
          <QrCode text={snapshot.address} label={t.link.code} />
          <p className={styles.typed}>
            <span>{t.link.typeIt}</span>
            <b>{snapshot.code}</b>
          </p>
          {/* Not a live region: it changes every second. */}
          <p className={styles.state}>
            <Spinner />
            {t.link.waiting(format.duration(snapshot.left))}
          </p>
        </>
      );
    case "making":
      return <Said text={t.link.making} busy />;
    case "seen":
      return <Said text={t.link.seen} busy />;
    case "linked":
      return <Said text={t.link.linked} busy />;
    case "refused":
      return <Said text={t.link.refused} onNew={actions.newCode} />;
    case "failed":
      return <Said text={t.link.failed} onNew={actions.newCode} />;
  }
}

interface SaidProps {
  readonly text: string;
  readonly busy?: boolean;
  readonly onNew?: () => void;
}

function Said({ text, busy = false, onNew }: SaidProps): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.said}>
      <p className={styles.state} role="status">
        {busy && <Spinner />}
        {text}
      </p>
      {onNew !== undefined && <Button kind="primary" label={t.link.newCode} onClick={onNew} />}
    </div>
  );
}
