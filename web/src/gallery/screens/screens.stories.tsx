import { idOf } from "../../model/fake/people.ts";
import { demoWorld } from "../../model/fake/demo.ts";
import { demoNow } from "../../model/fake/demoTime.ts";
import { anoukOffline, samirLater } from "../../model/fake/demoChats.ts";
import type { FakeConversation } from "../../model/fake/world.ts";
import { AppStory } from "../AppStory.tsx";
import { named, openMenu, press, storyClock, type, until, words } from "../play.ts";
import type { Device, Stories } from "../story.ts";
import { sceneCamera } from "./sceneCamera.ts";
import { StatesSheet } from "./StatesSheet.tsx";

const anouk = idOf("danouk");
const samir = idOf("dsamir");
const rota = idOf("grota");
const chat = (id: string): string => `#/c/${id}`;

/** The demo's conversations with one of them changed. */
const withChat = (id: string, change: (before: FakeConversation) => FakeConversation): readonly FakeConversation[] =>
  demoWorld.conversations.map((one) => (one.id === id ? change(one) : one));

const signedOut = { connection: { state: "signed_out" } } as const;
/** Anouk has stopped typing. */
const quiet = { conversations: withChat(anouk, (before) => ({ ...before, typing: [] })) };
/** On phones the list is alone; elsewhere a conversation stands beside it. */
const beside = (device: Device, hash: string): string => (device === "phone" ? "#/" : hash);

const rest = { frame: "window" } as const;

/** Waits until what is open has been seen, and its row says so. */
async function seen(title: string): Promise<void> {
  const unread = words().list.unreadCount(1).replace("1", "");
  await until(() => {
    const row = document.querySelector(`a[data-row][aria-label^="${title},"]`);
    return row !== null && !row.ariaLabel?.includes(unread) ? row : undefined;
  }, `row of ${title} without anything unread`);
}

/** Scrolls the conversation, and waits until what shows that is gone. */
async function scrollLog(to: (log: HTMLElement) => number): Promise<void> {
  const log = await until(() => document.querySelector('[role="log"]')?.parentElement, "log");
  // A row that is measured in the same frame puts it back to where it was: again, until it stays.
  let stayed = 0;
  await until(() => {
    const before = log.scrollTop;
    log.scrollTop = to(log);
    stayed = log.scrollTop === before ? stayed + 1 : 0;
    return stayed > 2 ? log : undefined;
  }, "rest of the log");
  await until(() => (document.querySelector("[data-stuck]") === null ? log : undefined), "end of scrolling");
}

/** In a small window, or with large text, not all of a conversation is in sight at once. */
const toEnd = (): Promise<void> => scrollLog((log) => log.scrollHeight);

/** Every screen of the look that the app has, by the name of its picture. */
export const stories: Stories = {
  "a-welcome": { ...rest, render: () => <AppStory at="#invite=thanks" world={signedOut} /> },
  "a-profile": {
    ...rest,
    render: () => <AppStory at="#invite=thanks" world={{ ...signedOut, taken: [] }} after={0} />,
    play: async () => {
      await press("button", words().welcome.accept);
      await named("h1", words().signUp.title);
      await type('input[autocomplete="name"]', "Nora Lind");
      await type('input[autocomplete="username"]', "nora");
      storyClock.advance(400);
      await named("span", words().signUp.free);
    },
  },
  "b-list": { ...rest, render: () => <AppStory at="#/" /> },
  "b-list-unread": {
    ...rest,
    render: () => <AppStory at="#/" />,
    play: () => press('[role="radio"]', words().list.unread),
  },
  "b-search": {
    ...rest,
    render: () => <AppStory at="#/" />,
    play: async () => {
      await type('input[type="search"]', "ro");
      storyClock.advance(400);
      await named("h2", words().list.people("").trim());
    },
  },
  "c-compose": {
    ...rest,
    render: () => <AppStory at={chat(anouk)} world={quiet} />,
    play: async (device) => {
      await type(
        "textarea",
        "Found it. The spring one is still on the board, I will swap it on my way to the shed and take the nails",
      );
      if (device === "phone") return;
      await press("button", words().composer.emoji);
      await until(() => document.querySelector('[role="dialog"] [role="group"] button'), "emoji");
      (await named("textarea", words().composer.label)).focus();
    },
  },
  "c-direct": { ...rest, render: () => <AppStory at={chat(anouk)} /> },
  "c-direct-states": {
    ...rest,
    render: () => <AppStory at={chat(samir)} world={{ conversations: withChat(samir, samirLater) }} />,
    play: async () => {
      await toEnd();
      await seen("Samir");
    },
  },
  "d-group": {
    ...rest,
    render: () => <AppStory at={chat(rota)} />,
    play: async () => {
      await toEnd();
      await seen("Allotment rota");
    },
  },
  "d-group-top": {
    ...rest,
    render: () => <AppStory at={chat(rota)} />,
    play: () => scrollLog(() => 0),
  },
  "e-new-chat": {
    ...rest,
    render: () => <AppStory at="#/new" />,
    play: async () => {
      await named("button", "Bea");
      const theo = await named("button", "Theo");
      theo.focus();
    },
  },
  "e-new-group": {
    ...rest,
    render: () => <AppStory at="#/new/group" />,
    play: async () => {
      for (const name of ["Anouk", "Malik", "Greta", "Odile"]) await press('[role="checkbox"]', name);
    },
  },
  "f-info": { ...rest, render: () => <AppStory at={`${chat(anouk)}/info`} world={quiet} /> },
  "f-info-group": { ...rest, render: () => <AppStory at={`${chat(rota)}/info`} /> },
  "g-devices": { ...rest, render: () => <AppStory at="#/settings/devices" /> },
  "g-link": {
    ...rest,
    render: (device) =>
      device === "phone" ? (
        <AppStory at="#/settings/devices/link" camera={sceneCamera()} />
      ) : (
        <AppStory
          at="#/"
          world={{ ...signedOut, linking: { state: "waiting", code: "K7QXM2RD", expires: demoNow + 42_000 } }}
        />
      ),
    play: async (device) => {
      if (device !== "phone") {
        await press("button", words().welcome.linkDevice);
        return;
      }
      await until(() => {
        const video = document.querySelector("video");
        return video !== null && video.videoWidth > 0 ? video : undefined;
      }, "picture of the camera");
    },
  },
  "i-settings": { ...rest, render: () => <AppStory at="#/settings" /> },
  "i-settings-detail": { ...rest, devices: ["phone"], render: () => <AppStory at="#/settings/appearance" /> },
  "j-connecting": {
    ...rest,
    render: (device) => (
      <AppStory
        at={beside(device, chat(anouk))}
        world={{ ...quiet, connection: { state: "connecting" } }}
        after={2_500}
      />
    ),
  },
  "j-empty": { ...rest, render: () => <AppStory at="#/" world={{ conversations: [] }} /> },
  "j-loading": {
    ...rest,
    render: (device) => (
      <AppStory at={beside(device, chat(anouk))} world={{ connection: { state: "opening" } }} after={200} />
    ),
    // For a moment there is nothing.
    play: async () => {
      await named("h1", words().list.title);
    },
  },
  "j-no-results": {
    ...rest,
    render: () => <AppStory at="#/" />,
    play: async () => {
      await type('input[type="search"]', "sandbox key");
      storyClock.advance(400);
      await named("h2", words().list.nothingTitle);
    },
  },
  "j-offline": {
    ...rest,
    render: (device) => (
      <AppStory
        at={beside(device, chat(anouk))}
        world={{
          conversations: withChat(anouk, anoukOffline),
          connection: { state: "offline", retryAt: undefined },
          presence: { ...demoWorld.presence, [idOf("anouk")]: { online: false, lastSeen: demoNow } },
        }}
        after={6_000}
      />
    ),
  },
  "k-actions": {
    ...rest,
    render: () => <AppStory at={chat(anouk)} world={quiet} />,
    play: () => openMenu('[role="article"] [data-text]', "I checked with the seed bank"),
  },
  "k-confirm": {
    ...rest,
    render: () => <AppStory at={chat(samir)} world={{ conversations: withChat(samir, samirLater) }} />,
    play: async () => {
      await toEnd();
      const before = await named('[role="article"]', `${words().list.you}, The pump is fixed`);
      const discard = before.parentElement?.querySelectorAll<HTMLElement>("p button")[1];
      discard?.click();
    },
  },
  "k-list-menu": {
    ...rest,
    render: (device) => <AppStory at={beside(device, chat(anouk))} world={quiet} />,
    play: () => openMenu("a[data-row]", "Samir", { x: 136, y: 56 }),
  },
  "k-toast": {
    ...rest,
    render: (device) => <AppStory at={beside(device, chat(anouk))} world={quiet} />,
    play: async (device) => {
      const row = await named("a[data-row]", "Odile");
      row.focus();
      row.dispatchEvent(new KeyboardEvent("keydown", { key: "e", bubbles: true }));
      await named("button", words().confirm.undo);
      if (device === "phone") await press("a[data-row]", "Anouk");
    },
  },
  "tablet-group": { ...rest, devices: ["tablet"], render: () => <AppStory at={chat(rota)} /> },
  "tablet-info": { ...rest, devices: ["tablet"], render: () => <AppStory at={`${chat(anouk)}/info`} world={quiet} /> },
  "z-sheet": { ...rest, devices: ["desktop"], render: () => <StatesSheet /> },
};
