import { useEffect, type MouseEvent, type ReactElement } from "react";
import { useSignal } from "../base/useSignal.ts";
import { WordsProvider } from "../i18n/Words.tsx";
import type { AppModel } from "../model/app.ts";
import { routeOf } from "../model/router.ts";
import { Toast } from "../ui/Toast/Toast.tsx";
import { Opening } from "../views/Opening/Opening.tsx";
import { EntryScreens } from "./EntryScreens.tsx";
import { Screens } from "./Screens.tsx";

/** The whole app: what is shown follows from its model alone. */
export function App({ model }: { readonly model: AppModel }): ReactElement {
  const { locale, catalogue } = useSignal(model.language);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  // Links within the app go through its router, which knows the way back.
  const follow = (event: MouseEvent): void => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#/"]');
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link === null || !plain || event.defaultPrevented) return;
    event.preventDefault();
    model.router.go(routeOf(link.hash));
  };
  return (
    <WordsProvider locale={locale} catalogue={catalogue} clock={model.minute}>
      <div style={{ height: "100%" }} onClick={follow}>
        <Stage model={model} />
        <Toasts model={model} />
      </div>
    </WordsProvider>
  );
}

function Stage({ model }: { readonly model: AppModel }): ReactElement {
  const stage = useSignal(model.stage);
  const route = useSignal(model.router.route);
  const { ripples } = useSignal(model.look.look);
  if (stage === undefined || stage.at === "opening") return <Opening chat={route.at === "chat"} ripples={ripples} />;
  return stage.at === "entry" ? <EntryScreens model={stage.entry} /> : <Screens own={stage.own} />;
}

function Toasts({ model }: { readonly model: AppModel }): ReactElement {
  return <Toast toast={useSignal(model.toasts.current)} onHold={model.toasts.hold} />;
}
