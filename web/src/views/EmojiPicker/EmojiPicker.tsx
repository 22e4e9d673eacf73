import { Clock, Coffee, Flag, Heart, Leaf, Lightbulb, Plane, Search, Smile, Trophy } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { useWords, type Words } from "../../i18n/Words.tsx";
import { IconButton } from "../../ui/IconButton/IconButton.tsx";
import { Spinner } from "../../ui/Spinner/Spinner.tsx";
import styles from "./EmojiPicker.module.css";
import { searchEmoji, type Emoji, type EmojiGroup, type EmojiGroupName } from "./emoji.ts";
import { nextInGrid } from "./nextInGrid.ts";

export type EmojiSnapshot =
  | { readonly state: "closed" }
  | { readonly state: "loading" }
  | { readonly state: "failed" }
  | { readonly state: "ready"; readonly groups: readonly EmojiGroup[]; readonly recent: readonly Emoji[] };

interface Props {
  readonly snapshot: EmojiSnapshot;
  /** The focus goes to its search field. */
  readonly takesFocus: boolean;
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}

type Tab = EmojiGroupName | "recent";

const icons = {
  recent: Clock,
  people: Smile,
  nature: Leaf,
  food: Coffee,
  activities: Trophy,
  travel: Plane,
  objects: Lightbulb,
  symbols: Heart,
  flags: Flag,
} satisfies Record<Tab, typeof Smile>;

/** Emoji by group, or by name. It stays open until it is left, so that several can be picked. */
export function EmojiPicker({ snapshot, takesFocus, onPick, onClose }: Props): ReactElement {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const outside = (event: PointerEvent): void => {
      const target = event.target as Element;
      if (box.current?.contains(target) === false && target.closest("[aria-expanded=true]") === null) onClose();
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
    };
  }, [onClose]);
  return (
    <div
      ref={box}
      className={styles.picker}
      role="dialog"
      aria-label={t.emoji.label}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      {snapshot.state === "ready" && <Ready snapshot={snapshot} takesFocus={takesFocus} onPick={onPick} />}
      {snapshot.state === "failed" && <p className={styles.note}>{t.emoji.failed}</p>}
      {(snapshot.state === "loading" || snapshot.state === "closed") && (
        <p className={styles.note} role="status">
          <Spinner />
          {t.app.loading}
        </p>
      )}
    </div>
  );
}

interface ReadyProps {
  readonly snapshot: Extract<EmojiSnapshot, { state: "ready" }>;
  readonly takesFocus: boolean;
  readonly onPick: (emoji: string) => void;
}

function Ready({ snapshot, takesFocus, onPick }: ReadyProps): ReactElement {
  const { t } = useWords();
  const { groups, recent } = snapshot;
  const [tab, setTab] = useState<Tab>("people");
  const [query, setQuery] = useState("");
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (takesFocus) search.current?.focus();
  }, [takesFocus]);
  const shown = useMemo(() => {
    if (query.trim() !== "") return searchEmoji(groups, query);
    return tab === "recent" ? recent : (groups.find(({ name }) => name === tab)?.emoji ?? []);
  }, [groups, recent, query, tab]);
  const tabs: Tab[] = [...(recent.length > 0 ? (["recent"] as const) : []), ...groups.map(({ name }) => name)];
  return (
    <>
      <div className={styles.tabs}>
        {tabs.map((one) => (
          <span key={one} data-on={(query === "" && one === tab) || undefined}>
            <IconButton
              small
              icon={icons[one]}
              label={titleOf(one, t)}
              aria-pressed={query === "" && one === tab}
              onClick={() => {
                setQuery("");
                setTab(one);
              }}
            />
          </span>
        ))}
      </div>
      <label className={styles.search}>
        <Search size="1.125rem" strokeWidth={1.75} aria-hidden="true" />
        <input
          ref={search}
          type="search"
          aria-label={t.emoji.search}
          placeholder={t.emoji.search}
          value={query}
          autoComplete="off"
          onChange={(event) => {
            setQuery(event.target.value);
          }}
        />
      </label>
      <h2 className={styles.title}>{query === "" ? titleOf(tab, t) : t.emoji.search}</h2>
      {shown.length === 0 ? (
        <p className={styles.note} role="status">
          {t.emoji.none}
        </p>
      ) : (
        <Grid key={`${tab} ${query}`} emoji={shown} onPick={onPick} />
      )}
    </>
  );
}

function titleOf(tab: Tab, t: Words["t"]): string {
  return tab === "recent" ? t.emoji.recent : t.emoji.groups[tab];
}

function Grid({
  emoji,
  onPick,
}: {
  readonly emoji: readonly Emoji[];
  readonly onPick: (emoji: string) => void;
}): ReactElement {
  const [active, setActive] = useState(0);
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const to = nextInGrid(event, active, emoji.length);
    if (to === undefined) return;
    event.preventDefault();
    setActive(to);
    event.currentTarget.querySelectorAll("button")[to]?.focus();
  };
  return (
    <div className={styles.grid} role="group" onKeyDown={move}>
      {emoji.map(({ char, name }, at) => (
        <button
          key={char}
          type="button"
          className={styles.one}
          tabIndex={at === active ? 0 : -1}
          aria-label={name}
          title={name}
          onClick={() => {
            setActive(at);
            onPick(char);
          }}
        >
          {char}
        </button>
      ))}
    </div>
  );
}
