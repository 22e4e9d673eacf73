import { Ban } from "lucide-react";
import type { ReactElement } from "react";
import { linksIn } from "../../base/links.ts";
import { useWords } from "../../i18n/Words.tsx";
import { Tick } from "../../ui/Tick/Tick.tsx";
import type { MessageSnapshot } from "./Message.tsx";
import styles from "./Message.module.css";

interface Props {
  readonly message: MessageSnapshot;
  /** The colour of the author's name. */
  readonly tint: number;
  /** Of the links in it: they are tab stops where the message is one. */
  readonly tabIndex: 0 | -1;
}

/** What was said, when, and how far it came. */
export function Bubble({ message, tint, tabIndex }: Props): ReactElement {
  const { t, format } = useWords();
  const { text, mine, group, first, author, time, tick } = message;
  const role = author.role === "member" ? "" : t.info.roles[author.role];
  return (
    <div className={styles.bubble}>
      {group && !mine && first && (
        <span className={styles.name} style={{ color: `var(--c-author-${tint})` }}>
          <span dir="auto">{author.face.name}</span>
          {role !== "" && <i className={styles.role}>{role}</i>}
        </span>
      )}
      <div className={styles.text} dir="auto">
        {text === undefined ? (
          <span className={styles.unsupported}>
            <Ban size="1rem" strokeWidth={1.75} aria-hidden="true" />
            {t.chat.unsupported}
          </span>
        ) : (
          <span data-text="">
            <Text text={text} tabIndex={tabIndex} />
          </span>
        )}
        <span className={styles.meta}>
          <time>{format.time(time)}</time>
          {tick !== undefined && <Tick state={tick} />}
        </span>
      </div>
    </div>
  );
}

/** Addresses lead where they say, in a window of their own that knows nothing of this one. */
function Text({ text, tabIndex }: { readonly text: string; readonly tabIndex: 0 | -1 }): ReactElement {
  return (
    <>
      {linksIn(text).map((part, at) =>
        part.kind === "text" ? (
          <span key={at}>{part.text}</span>
        ) : (
          <bdi key={at}>
            <a href={part.href} target="_blank" rel="noopener noreferrer nofollow" tabIndex={tabIndex}>
              {part.text}
            </a>
          </bdi>
        ),
      )}
    </>
  );
}
