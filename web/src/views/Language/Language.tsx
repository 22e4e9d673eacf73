import { useRef, type KeyboardEvent, type ReactElement } from "react";
import { useWords } from "../../i18n/Words.tsx";
import { Card } from "../../ui/Card/Card.tsx";
import { Check } from "../../ui/Check/Check.tsx";
import { nextInRow } from "../../ui/Chips/nextInRow.ts";
import { DetailPane } from "../../ui/DetailPane/DetailPane.tsx";
import { ListButton } from "../../ui/ListItem/ListItem.tsx";

export type LanguageChoice = "system" | "en" | "de";

export interface LanguageActions {
  readonly back: () => void;
  readonly setLanguage: (language: LanguageChoice) => void;
}

interface Props {
  readonly snapshot: { readonly language: LanguageChoice };
  readonly actions: LanguageActions;
}

const choices: readonly LanguageChoice[] = ["system", "en", "de"];

/** The language of the app, on this device. Languages call themselves by their own names. */
export function Language({ snapshot, actions }: Props): ReactElement {
  const { t } = useWords();
  const list = useRef<HTMLUListElement>(null);
  const at = choices.indexOf(snapshot.language);
  const move = (event: KeyboardEvent): void => {
    const to = nextInRow(event, at, choices.length);
    const choice = to === undefined ? undefined : choices[to];
    if (choice === undefined || to === undefined) return;
    event.preventDefault();
    actions.setLanguage(choice);
    list.current?.querySelectorAll<HTMLElement>('[role="radio"]')[to]?.focus();
  };
  return (
    <DetailPane title={t.language.title} onBack={actions.back}>
      <Card>
        <ul ref={list} role="radiogroup" aria-label={t.language.title} onKeyDown={move}>
          {choices.map((choice) => (
            <li key={choice} role="presentation">
              <ListButton
                title={t.language[choice]}
                value={<Check on={choice === snapshot.language} />}
                extra={{
                  role: "radio",
                  "aria-checked": choice === snapshot.language,
                  tabIndex: choice === snapshot.language ? 0 : -1,
                  lang: choice === "system" ? undefined : choice,
                }}
                onClick={() => {
                  actions.setLanguage(choice);
                }}
              />
            </li>
          ))}
        </ul>
      </Card>
    </DetailPane>
  );
}
