import { createContext, use, useMemo, type ReactElement, type ReactNode } from "react";
import type { Signal } from "../base/signal.ts";
import { useSignal } from "../base/useSignal.ts";
import type { Catalogue } from "./en.ts";
import { formatOf, type Format, type Locale } from "./format.ts";

/** What every view writes with. */
export interface Words {
  readonly t: Catalogue;
  readonly format: Format;
  readonly locale: Locale;
  /** The time now, to the minute: what "today" is. */
  readonly now: number;
}

const Context = createContext<Words | undefined>(undefined);

interface Props {
  readonly locale: Locale;
  readonly catalogue: Catalogue;
  /** Changes once a minute. */
  readonly clock: Signal<number>;
  readonly children: ReactNode;
}

export function WordsProvider({ locale, catalogue, clock, children }: Props): ReactElement {
  const now = useSignal(clock);
  const format = useMemo(() => formatOf(locale, catalogue), [locale, catalogue]);
  const words = useMemo(() => ({ t: catalogue, format, locale, now }), [catalogue, format, locale, now]);
  return <Context value={words}>{children}</Context>;
}

export function useWords(): Words {
  const words = use(Context);
  if (words === undefined) throw new Error("there is no WordsProvider around this");
  return words;
}
