import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { mediaSignal, browserPlatform } from "./browser/platform.ts";
import { emojiOf } from "./browser/emoji.ts";
import { applyLook } from "./early/apply.ts";
import { catalogueOf, localeOf } from "./i18n/locale.ts";
import { appModel } from "./model/app.ts";
import { browserHistory, routerOn } from "./model/router.ts";
import "./styles/index.css";
import { demoWorld } from "./model/fake/demo.ts";
import { fakeClient } from "./model/fake/client.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");

const platform = browserPlatform();
const systemLocale = localeOf(navigator.languages);
const catalogue = await catalogueOf(systemLocale);
const model = appModel({
  client: fakeClient(demoWorld, platform.clock),
  platform,
  router: routerOn(browserHistory()),
  systemLocale,
  systemLessMotion: mediaSignal("(prefers-reduced-motion: reduce)"),
  catalogueOf,
  catalogue,
  emojiOf,
  applyLook,
});

createRoot(root).render(
  <StrictMode>
    <App model={model} />
  </StrictMode>,
);
