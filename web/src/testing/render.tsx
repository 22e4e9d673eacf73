import { render, type RenderResult } from "@testing-library/react";
import type { ReactElement } from "react";
import { source } from "../base/signal.ts";
import { de } from "../i18n/de.ts";
import { en } from "../i18n/en.ts";
import { WordsProvider } from "../i18n/Words.tsx";
import { demoNow } from "../model/fake/demoTime.ts";

/** Renders a view with words around it, at the time of the demo. */
export function renderView(view: ReactElement, locale: "en" | "de" = "en"): RenderResult {
  const clock = source(demoNow);
  return render(view, {
    wrapper: ({ children }) => (
      <WordsProvider locale={locale} catalogue={locale === "en" ? en : de} clock={clock}>
        {children}
      </WordsProvider>
    ),
  });
}
