import { QrCode } from "lucide-react";
import type { ReactElement, ReactNode, SubmitEvent } from "react";
import { useWords, type Words } from "../../i18n/Words.tsx";
import { Avatar } from "../../ui/Avatar/Avatar.tsx";
import type { Face } from "../../ui/Avatar/face.ts";
import { Brand } from "../../ui/Brand/Brand.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import { Notice } from "../../ui/Notice/Notice.tsx";
import { Shore } from "../../ui/Shore/Shore.tsx";
import { Skeleton } from "../../ui/Skeleton/Skeleton.tsx";
import { TextField } from "../../ui/TextField/TextField.tsx";
import styles from "./Welcome.module.css";

export interface ServerFacts {
  readonly name: string;
  /** Where it is: the part after the @ in sentences. */
  readonly host: string;
  readonly members: number;
  /** When its first member came; undefined if nobody has yet. */
  readonly since: number | undefined;
}

export type WelcomeSnapshot =
  | { readonly state: "loading" }
  | { readonly state: "unreachable" }
  /** The invitation in the address is good. */
  | { readonly state: "invited"; readonly server: ServerFacts; readonly from: Face | undefined }
  | { readonly state: "open"; readonly server: ServerFacts }
  | { readonly state: "invite_only"; readonly server: ServerFacts }
  | { readonly state: "closed"; readonly server: ServerFacts }
  | { readonly state: "bad_invite"; readonly server: ServerFacts; readonly why: "unknown" | "expired" | "used" }
  | {
      readonly state: "code";
      readonly server: ServerFacts;
      readonly code: string;
      readonly busy: boolean;
      readonly error: string | undefined;
    };

export interface WelcomeActions {
  /** On to name and handle. */
  readonly accept: () => void;
  readonly linkDevice: () => void;
  readonly enterCode: () => void;
  readonly setCode: (code: string) => void;
  readonly submitCode: () => void;
  readonly back: () => void;
  readonly retry: () => void;
}

interface Props {
  readonly snapshot: WelcomeSnapshot;
  readonly actions: WelcomeActions;
}

/** Where one comes in: by invitation, or with a device that is in already. */
export function Welcome({ snapshot, actions }: Props): ReactElement {
  return (
    <Shore pictureOnPhones>
      <div className={styles.brand}>
        <Brand />
      </div>
      <Content snapshot={snapshot} actions={actions} />
    </Shore>
  );
}

function Content({ snapshot, actions }: Props): ReactElement {
  const { t, format } = useWords();
  const words = t.welcome;
  switch (snapshot.state) {
    case "loading":
      return <Loading />;
    case "unreachable":
      return (
        <Said title={words.unreachableTitle} text={words.unreachable}>
          <Button kind="primary" large label={t.app.tryAgain} onClick={actions.retry} />
        </Said>
      );
    case "invited":
    case "open": {
      const { server } = snapshot;
      const invited = snapshot.state === "invited";
      return (
        <>
          {invited && <Invitation from={snapshot.from} host={server.host} />}
          <Said title={words.title} text={leadOf(server, words, format)}>
            <Button kind="primary" large label={invited ? words.accept : words.makeAccount} onClick={actions.accept} />
            <LinkDevice actions={actions} />
          </Said>
          <Notice />
          {invited && <OtherCode actions={actions} />}
        </>
      );
    }
    case "invite_only":
      return (
        <>
          <Said title={words.inviteOnlyTitle} text={words.inviteOnly(snapshot.server.name)}>
            <LinkDevice actions={actions} />
          </Said>
          <Notice />
          <OtherCode actions={actions} />
        </>
      );
    case "closed":
      return (
        <>
          <Said title={words.closedTitle} text={words.closed(snapshot.server.name)}>
            <LinkDevice actions={actions} />
          </Said>
          <Notice />
        </>
      );
    case "bad_invite":
      return (
        <>
          <Said title={words[`${snapshot.why}Title`]} text={words[snapshot.why]}>
            <LinkDevice actions={actions} />
          </Said>
          <Notice />
          <OtherCode actions={actions} />
        </>
      );
    case "code":
      return <EnterCode snapshot={snapshot} actions={actions} />;
  }
}

function leadOf({ name, members, since }: ServerFacts, words: Words["t"]["welcome"], format: Words["format"]): string {
  return since === undefined ? words.leadFirst(name) : words.lead(name, members, format.year(since));
}

interface SaidProps {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Said({ title, text, children }: SaidProps): ReactElement {
  return (
    <>
      <h1>{title}</h1>
      <p className={styles.lead}>{text}</p>
      <div className={styles.actions}>{children}</div>
    </>
  );
}

function Invitation({ from, host }: { readonly from: Face | undefined; readonly host: string }): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.invitation}>
      {from !== undefined && <Avatar face={from} size="md" />}
      <p>
        <b>{from === undefined ? t.welcome.invited : t.welcome.invitedBy(from.name)}</b>
        <span>
          {t.welcome.to} <strong>{host}</strong>
        </span>
      </p>
    </div>
  );
}

function LinkDevice({ actions }: { readonly actions: WelcomeActions }): ReactElement {
  const { t } = useWords();
  return <Button large icon={QrCode} label={t.welcome.linkDevice} onClick={actions.linkDevice} />;
}

function OtherCode({ actions }: { readonly actions: WelcomeActions }): ReactElement {
  const { t } = useWords();
  return (
    <p className={styles.other}>
      {t.welcome.otherInvite}{" "}
      <button type="button" className={styles.link} onClick={actions.enterCode}>
        {t.welcome.enterCode}
      </button>
    </p>
  );
}

function EnterCode({
  snapshot,
  actions,
}: {
  readonly snapshot: Extract<WelcomeSnapshot, { state: "code" }>;
  readonly actions: WelcomeActions;
}): ReactElement {
  const { t } = useWords();
  const { code, busy, error } = snapshot;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    actions.submitCode();
  };
  return (
    <form noValidate onSubmit={submit}>
      <h1 className={styles.formTitle}>{t.welcome.enterCode}</h1>
      <TextField
        code
        label={t.welcome.codeLabel}
        hint={t.welcome.codeHint}
        value={code}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        state={error === undefined ? { state: "plain" } : { state: "bad", text: error }}
        onChange={actions.setCode}
      />
      <div className={styles.actions}>
        <Button kind="primary" large type="submit" busy={busy} label={t.welcome.openCode} />
        <Button large label={t.app.back} onClick={actions.back} />
      </div>
    </form>
  );
}

function Loading(): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.loading} role="status" aria-label={t.app.loading}>
      <Skeleton width={10} />
      <Skeleton width={22} />
      <Skeleton width={18} />
    </div>
  );
}
