import type { ComponentType } from "react";
import { later, type Later } from "../base/later.tsx";
import type * as Rest from "./rest.ts";

/**
 * What nobody sees first: its code is not in what a page needs to stand. It is on the device when it is wanted, since the
 * service worker keeps it, and `loadLaterParts` has it there before that.
 */
const part = <P extends object>(pick: (rest: typeof Rest) => ComponentType<P>): Later<P> =>
  later(() => import("./rest.ts").then(pick));

const settings = part((rest) => rest.Settings);
const settingsDetail = part((rest) => rest.SettingsDetail);
const info = part((rest) => rest.InfoPane);
const newChat = part((rest) => rest.NewChat);
const newGroup = part((rest) => rest.NewGroup);
const linkDevice = part((rest) => rest.LinkDevice);
const linkBrowser = part((rest) => rest.LinkBrowser);

export const { Part: Settings } = settings;
export const { Part: SettingsDetail } = settingsDetail;
export const { Part: InfoPane } = info;
export const { Part: NewChat } = newChat;
export const { Part: NewGroup } = newGroup;
export const { Part: LinkDevice } = linkDevice;
export const { Part: LinkBrowser } = linkBrowser;

/** Resolves once all of it is there; rejects if it cannot be had now. */
export async function loadLaterParts(): Promise<void> {
  const parts = [settings, settingsDetail, info, newChat, newGroup, linkDevice, linkBrowser];
  await Promise.all(parts.map(({ load }) => load()));
}
