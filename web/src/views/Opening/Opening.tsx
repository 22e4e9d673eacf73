import type { ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { ChatList, type ChatListActions, type ChatListSnapshot } from "../ChatList/ChatList.tsx";
import { Hidden } from "../../ui/Hidden/Hidden.tsx";
import { Ripples } from "../../ui/Ripples/Ripples.tsx";
import { Panes } from "../Panes/Panes.tsx";
import { ThreadSkeleton } from "../Thread/ThreadSkeleton.tsx";
import styles from "./Opening.module.css";

interface Props {
  /** A conversation is being opened, too. */
  readonly chat: boolean;
  readonly ripples: boolean;
}

const nothing = (): void => undefined;
const actions: ChatListActions = {
  openSettings: nothing,
  newChat: nothing,
  setFilter: nothing,
  setQuery: nothing,
  act: nothing,
  openPerson: nothing,
  connection: { reconnect: nothing, leave: nothing },
  hrefOf: () => "#/",
};
const snapshot: ChatListSnapshot = {
  me: { id: "", name: "", picture: undefined },
  server: "",
  connection: { state: "online" },
  filter: "all",
  query: "",
  unread: 0,
  archived: false,
  open: undefined,
  content: { state: "loading" },
};

/**
 * Before this device's store is read: for a moment nothing, then the outlines of what comes. Nothing in the list can be used yet; who hears
 * the page is told where they are, and that it comes.
 */
export function Opening({ chat, ripples }: Props): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.opening}>
      <Panes
        list={
          <>
            <Hidden as="h1">{`${t.list.title}: ${t.app.loading}`}</Hidden>
            <div className={styles.list} inert>
              <ChatList snapshot={snapshot} actions={actions} />
            </div>
          </>
        }
        main={chat ? <ThreadSkeleton whole ripples={ripples} /> : undefined}
        blank={<div className={styles.blank}>{ripples && <Ripples />}</div>}
        info={undefined}
        labels={{ list: t.list.title, main: t.chat.conversation, info: t.chat.info }}
      />
    </div>
  );
}
