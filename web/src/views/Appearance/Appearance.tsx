import { Keyboard, Moon, Sparkles, Sun, SunMoon, Zap } from "lucide-react";
import { useId, type ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Card } from "../../ui/Card/Card.tsx";
import { DetailPane } from "../../ui/DetailPane/DetailPane.tsx";
import { ListSwitch } from "../../ui/ListItem/ListItem.tsx";
import { Segments } from "../../ui/Segments/Segments.tsx";
import { Slider } from "../../ui/Slider/Slider.tsx";
import { Message, type MessageActions, type MessageSnapshot } from "../Message/Message.tsx";
import styles from "./Appearance.module.css";

export type Theme = "system" | "light" | "dark";

export interface AppearanceSnapshot {
  readonly theme: Theme;
  /** A step of `t.appearance.textSizes`. */
  readonly textSize: number;
  readonly ripples: boolean;
  readonly lessMotion: boolean;
  /** What the system asks for. */
  readonly systemLessMotion: boolean;
  readonly enterSends: boolean;
}

export interface AppearanceActions {
  readonly back: () => void;
  readonly setTheme: (theme: Theme) => void;
  readonly setTextSize: (step: number) => void;
  readonly setRipples: (on: boolean) => void;
  readonly setLessMotion: (on: boolean) => void;
  readonly setEnterSends: (on: boolean) => void;
}

interface Props {
  readonly snapshot: AppearanceSnapshot;
  readonly actions: AppearanceActions;
}

/** How it looks, on this device. */
export function Appearance({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const id = useId();
  const words = t.appearance;
  const { theme, textSize, ripples, lessMotion, systemLessMotion, enterSends } = snapshot;
  return (
    <DetailPane title={words.title} onBack={actions.back}>
      <Card padded title={words.theme} titleId={`${id}-theme`}>
        <Segments
          labelledBy={`${id}-theme`}
          value={theme}
          segments={[
            { value: "system", label: words.system, icon: SunMoon },
            { value: "light", label: words.light, icon: Sun },
            { value: "dark", label: words.dark, icon: Moon },
          ]}
          onChange={actions.setTheme}
        />
      </Card>
      <Card padded title={words.textSize}>
        <Slider label={words.textSize} steps={words.textSizes} value={textSize} onChange={actions.setTextSize} />
        <Sample />
      </Card>
      <Card>
        <ul>
          <li>
            <ListSwitch icon={Sparkles} title={words.ripples} on={ripples} onChange={actions.setRipples} />
          </li>
          <li>
            <ListSwitch
              icon={Zap}
              title={words.lessMotion}
              text={words.followsSystem(systemLessMotion)}
              on={lessMotion}
              onChange={actions.setLessMotion}
            />
          </li>
          <li>
            <ListSwitch
              icon={Keyboard}
              title={words.enterSends}
              text={words.enterHint}
              on={enterSends}
              onChange={actions.setEnterSends}
            />
          </li>
        </ul>
      </Card>
    </DetailPane>
  );
}

const nothing: MessageActions = {
  retry: () => undefined,
  discard: () => undefined,
  menu: () => undefined,
};

/** Two bubbles at the size that was chosen. */
function Sample(): ReactElement {
  const { t } = useWords();
  const at = (hours: number, minutes: number): number => new Date(2025, 0, 1, hours, minutes).getTime();
  const sample: Omit<MessageSnapshot, "id" | "text" | "time" | "mine" | "tick"> = {
    author: { face: { id: "sample", name: t.appearance.sample, picture: undefined }, role: "member" },
    group: false,
    failed: undefined,
    first: true,
    last: true,
    fresh: false,
  };
  const incoming = { ...sample, id: "in", text: t.appearance.sampleIn, time: at(9, 2), mine: false, tick: undefined };
  const own = { ...sample, id: "out", text: t.appearance.sampleOut, time: at(9, 3), mine: true, tick: "read" as const };
  return (
    <div className={styles.sample} aria-hidden="true" inert>
      <Message message={incoming} actions={nothing} tabIndex={-1} held={false} />
      <Message message={own} actions={nothing} tabIndex={-1} held={false} />
    </div>
  );
}
