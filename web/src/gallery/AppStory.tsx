import { useState, type ReactElement } from "react";
import { App } from "../app/App.tsx";
import { source } from "../base/signal.ts";
import { useWords } from "../i18n/Words.tsx";
import { catalogueOf } from "../i18n/locale.ts";
import { emojiOf } from "../browser/emoji.ts";
import { appModel, type AppModel } from "../model/app.ts";
import { fakeClient } from "../model/fake/client.ts";
import { demoWorld } from "../model/fake/demo.ts";
import { demoNow } from "../model/fake/demoTime.ts";
import { fakeHistory } from "../model/fake/history.ts";
import { fakePlatform } from "../model/fake/platform.ts";
import type { World } from "../model/fake/world.ts";
import type { Platform } from "../model/platform.ts";
import { routerOn } from "../model/router.ts";
import { storyClock } from "./play.ts";

interface Props {
  /** The address after the host. */
  readonly at: string;
  readonly world?: Partial<World>;
  /** So many ms pass before one looks. */
  readonly after?: number;
  readonly camera?: Platform["camera"];
  readonly kept?: Readonly<Record<string, string>>;
}

/** The whole app on the fake client, as it is at an address. Its clock stands still. */
export function AppStory(props: Props): ReactElement {
  const { locale, t } = useWords();
  const [model] = useState((): AppModel => {
    const platform = fakePlatform({
      now: demoNow,
      ...(props.camera !== undefined && { camera: props.camera }),
      ...(props.kept !== undefined && { kept: props.kept }),
    });
    const made = appModel({
      client: fakeClient({ ...demoWorld, ...props.world }, platform.clock),
      platform,
      router: routerOn(fakeHistory(props.at)),
      systemLocale: locale,
      systemLessMotion: source(false),
      catalogueOf,
      catalogue: t,
      emojiOf,
      // The gallery decides on the theme.
      applyLook: () => undefined,
      update: source(undefined),
    });
    platform.clock.advance(props.after ?? 0);
    storyClock.advance = platform.clock.advance;
    return made;
  });
  return <App model={model} />;
}
