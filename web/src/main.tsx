import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { untilReady } from "./app/untilReady.ts";
import { loadLaterParts } from "./app/laterParts.ts";
import { mediaSignal, browserPlatform } from "./browser/platform.ts";
import { emojiOf } from "./browser/emoji.ts";
import { applyLook } from "./early/apply.ts";
import { catalogueOf, localeOf } from "./i18n/locale.ts";
import { appModel } from "./model/app.ts";
import { languageOf, recalledLook } from "./model/look.ts";
import { browserHistory, routerOn } from "./model/router.ts";
import "./styles/index.css";
import { openClient } from "./client/open.ts";
import { keepOffline } from "./offline/updates.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");

const platform = browserPlatform();
const systemLocale = localeOf(navigator.languages);
const client = openClient();
const chosen = languageOf(recalledLook(platform).language, systemLocale);
// Without a network and without its words a language is English.
const catalogue = await catalogueOf(chosen).catch(() => catalogueOf("en"));
const model = appModel({
  client,
  platform,
  router: routerOn(browserHistory()),
  systemLocale,
  systemLessMotion: mediaSignal("(prefers-reduced-motion: reduce)"),
  catalogueOf,
  catalogue,
  emojiOf,
  applyLook,
  update: keepOffline(),
});

await untilReady(model.ready, platform.clock);
createRoot(root).render(
  <StrictMode>
    <App model={model} />
  </StrictMode>,
);

// Once the page stands, what it may need next.
const idle = "requestIdleCallback" in globalThis ? requestIdleCallback : setTimeout;
idle(() => {
  loadLaterParts().catch(() => undefined);
});
