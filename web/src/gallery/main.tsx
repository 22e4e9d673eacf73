import { StrictMode, type ReactElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { loadLaterParts } from "../app/laterParts.ts";
import { source } from "../base/signal.ts";
import { de } from "../i18n/de.ts";
import { en } from "../i18n/en.ts";
import { WordsProvider } from "../i18n/Words.tsx";
import { demoNow } from "../model/fake/demoTime.ts";
import "../styles/index.css";
import styles from "./gallery.module.css";
import { frames } from "./play.ts";
import type { Device, Stories, Story } from "./story.ts";

/**
 * All stories. `?story=ChatList/unread&theme=dark&size=phone&locale=de&dir=rtl&text=200` shows one; without `story` it lists them.
 * `data-ready` on the root says that it stands, `data-error` that it could not. `showStory("?story=…")` shows another in the same page, which
 * is quicker than a new one: nothing of the story before is left but code and letters that are there already.
 */
const modules = import.meta.glob<{ readonly stories: Stories }>("../**/*.stories.tsx");

const nameOf = (path: string): string => /([^/]+)\.stories\.tsx$/u.exec(path)?.[1] ?? path;

async function allStories(): Promise<ReadonlyMap<string, Story>> {
  const all = new Map<string, Story>();
  for (const [path, load] of Object.entries(modules)) {
    const { stories } = await load();
    for (const [name, story] of Object.entries(stories)) all.set(`${nameOf(path)}/${name}`, story);
  }
  return all;
}

async function storyNamed(id: string): Promise<Story> {
  const [component, name] = id.split("/");
  for (const [path, load] of Object.entries(modules)) {
    if (nameOf(path) !== component) continue;
    const story = (await load()).stories[name ?? ""];
    if (story !== undefined) return story;
  }
  throw new Error(`there is no story ${id}`);
}

function Framed({ story, device }: { readonly story: Story; readonly device: Device }): ReactElement {
  const frame = story.frame ?? "page";
  // A page can be longer than the window: keys scroll it, too.
  return (
    <div className={styles[frame]} tabIndex={frame === "page" ? 0 : undefined}>
      {story.render(device)}
    </div>
  );
}

let shown: Root | undefined;

function put(view: ReactElement): void {
  const place = document.getElementById("root");
  if (place === null) throw new Error("gallery.html has no element #root");
  shown = createRoot(place);
  shown.render(view);
}

async function show(query: URLSearchParams, id: string): Promise<void> {
  const page = document.documentElement;
  const asked = query.get("size");
  const device: Device = asked === "phone" || asked === "tablet" ? asked : "desktop";
  const locale = query.get("locale") === "de" ? "de" : "en";
  page.dataset.theme = query.get("theme") === "dark" ? "dark" : "light";
  page.style.fontSize = `${query.get("text") ?? "100"}%`;
  page.dir = query.get("dir") === "rtl" ? "rtl" : "ltr";
  page.lang = locale;
  // What a phone's own bars take.
  page.style.setProperty("--safe-top", device === "phone" ? "47px" : "");
  page.style.setProperty("--safe-bottom", device === "phone" ? "34px" : "");
  const story = await storyNamed(id);
  await loadLaterParts();
  put(
    <StrictMode>
      <WordsProvider locale={locale} catalogue={locale === "de" ? de : en} clock={source(demoNow)}>
        <Framed story={story} device={device} />
      </WordsProvider>
    </StrictMode>,
  );
  await document.fonts.ready;
  await frames(2);
  await story.play?.(device);
  await document.fonts.ready;
  await frames(3);
}

async function list(): Promise<void> {
  const ids = [...(await allStories()).entries()];
  put(
    <main className={styles.page}>
      <h1>Stories</h1>
      <ul>
        {ids.map(([id, { devices }]) => (
          <li key={id} data-story={id} data-devices={(devices ?? ["phone", "tablet", "desktop"]).join(" ")}>
            <a href={`?story=${id}`}>{id}</a> <a href={`?story=${id}&theme=dark`}>dark</a>
          </li>
        ))}
      </ul>
    </main>,
  );
}

function clear(): void {
  shown?.unmount();
  shown = undefined;
  document.getSelection()?.removeAllRanges();
  delete document.documentElement.dataset.ready;
  delete document.documentElement.dataset.error;
}

async function start(search: string): Promise<void> {
  clear();
  const query = new URLSearchParams(search);
  const id = query.get("story");
  const { dataset } = document.documentElement;
  try {
    await (id === null ? list() : show(query, id));
    dataset.ready = "";
  } catch (error) {
    dataset.error = String(error);
  }
}

Object.assign(globalThis, { showStory: start });
void start(location.search);
