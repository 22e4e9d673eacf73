import {
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type RefObject,
} from "react";
import { cx } from "../../base/cx.ts";
import { phone, useMedia, wide } from "../../base/useMedia.ts";
import { useWords } from "../../i18n/Words.tsx";
import styles from "./Panes.module.css";

interface Props {
  /** Chats, or settings, or whom to write to. Its heading is within. */
  readonly list: ReactNode;
  /** A conversation, or a page of settings; undefined while none is open. */
  readonly main: ReactNode;
  /** Stands in the place of `main` while that is undefined, where there is room. */
  readonly blank: ReactNode;
  /** About a person or a group. */
  readonly info: ReactNode;
  /** Names of the landmarks. */
  readonly labels: { readonly list: string; readonly main: string; readonly info: string };
}

/** Where a pane that goes is still shown, until it is out of sight. */
const gone = 320;

/**
 * List, conversation and info. On phones each covers the one before, and a pane that is left slides away with what was in it;
 * on wider windows they stand beside each other, and info lies over the conversation until there is room for three.
 */
export function Panes({ list, main, blank, info, labels }: Props): ReactElement {
  const { t } = useWords();
  const small = useMedia(phone);
  const roomy = useMedia(wide);
  const shownMain = useLinger(main);
  const shownInfo = useLinger(info);
  const depth = info !== undefined ? 2 : main !== undefined ? 1 : 0;
  const frame = useRef<HTMLDivElement>(null);
  useFocusFollows(frame, depth, small);

  const cycle = (event: KeyboardEvent): void => {
    if (event.key !== "F6") return;
    event.preventDefault();
    focusNextPane(frame.current, event.shiftKey ? -1 : 1);
  };
  return (
    <div
      ref={frame}
      className={cx(styles.panes, info !== undefined && styles.withInfo)}
      data-depth={depth}
      onKeyDown={cycle}
    >
      <nav className={cx(styles.pane, styles.list)} aria-label={labels.list} inert={small && depth > 0} data-pane="">
        {list}
      </nav>
      <main className={cx(styles.pane, styles.main)} aria-label={labels.main} inert={small && depth !== 1} data-pane="">
        {(small ? shownMain : main) ?? blank}
      </main>
      {(shownInfo !== undefined || small) && (
        <aside
          className={cx(styles.pane, styles.info, info === undefined && styles.leaving)}
          aria-label={labels.info === "" ? t.chat.info : labels.info}
          inert={info === undefined}
          data-over={!roomy || undefined}
          data-pane=""
        >
          {shownInfo}
        </aside>
      )}
    </div>
  );
}

/** What was there stays for as long as it takes to slide away. */
function useLinger(node: ReactNode): ReactNode {
  const [last, setLast] = useState<ReactNode>(node);
  const [before, setBefore] = useState<ReactNode>(node);
  if (node !== before) {
    setBefore(node);
    if (node !== undefined) setLast(node);
  }
  useEffect(() => {
    if (node !== undefined) return;
    const timer = setTimeout(() => {
      setLast(undefined);
    }, gone);
    return () => {
      clearTimeout(timer);
    };
  }, [node]);
  return node ?? last;
}

/** On phones the focus goes with the pane: into what came, and back to where it was. */
function useFocusFollows(frame: RefObject<HTMLDivElement | null>, depth: number, small: boolean): void {
  const left = useRef<(Element | null)[]>([]);
  const before = useRef(depth);
  useEffect(() => {
    if (depth === before.current) return;
    if (small && depth < before.current) {
      const back = left.current[depth];
      if (back instanceof HTMLElement && back.isConnected) back.focus({ preventScroll: true });
    }
    before.current = depth;
  }, [depth, small]);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const remember = (event: FocusEvent): void => {
      left.current[before.current] = event.target as Element;
    };
    element.addEventListener("focusin", remember);
    return () => {
      element.removeEventListener("focusin", remember);
    };
  }, [frame]);
}

function focusNextPane(frame: HTMLElement | null, step: 1 | -1): void {
  const panes = [...(frame?.querySelectorAll<HTMLElement>("[data-pane]") ?? [])].filter((pane) => !pane.inert);
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  for (let tried = 1; tried <= panes.length; tried++) {
    const pane = panes[(at + step * tried + panes.length * 2) % panes.length];
    const target = pane === undefined ? undefined : mainStopOf(pane);
    if (target !== undefined) {
      target.focus();
      return;
    }
  }
}

/** Where the focus goes in a pane: to its rows, where one writes, else to the first that can have it. */
function mainStopOf(pane: HTMLElement): HTMLElement | undefined {
  for (const stops of ['[data-row][tabindex="0"]', "textarea", 'a[href], button:not([tabindex="-1"]), input']) {
    const found = [...pane.querySelectorAll<HTMLElement>(stops)].find((one) =>
      one.checkVisibility({ visibilityProperty: true }),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
