import { computed, type Signal } from "../base/signal.ts";
import { chatActions, type ChatActions } from "./chatActions.ts";
import { chatModel, type ChatModel } from "./chat/chat.ts";
import type { Places } from "./chat/log.ts";
import { currentOf, type Current } from "./current.ts";
import type { EmojiModel } from "./emoji.ts";
import { infoModel, type InfoModel } from "./info.ts";
import { listModel, type ListModel } from "./list.ts";
import { newChatModel, type NewChatModel } from "./newChat.ts";
import { newGroupModel, type NewGroupModel } from "./newGroup.ts";
import { notifyOfMessages } from "./notify.ts";
import type { Id } from "./ports.ts";
import type { Route } from "./router.ts";
import type { Session } from "./session.ts";
import { devicesModel, type DevicesModel } from "./settings/devices.ts";
import { linkDeviceModel, type LinkDeviceModel } from "./settings/linkDevice.ts";
import { profileModel, type ProfileModel } from "./settings/profile.ts";
import { settingsModel, type SettingsModel } from "./settings/settings.ts";

/** All view models of somebody who is signed in; those of a route live as long as it is shown. */
export interface SignedIn {
  readonly session: Session;
  readonly list: ListModel;
  readonly settings: SettingsModel;
  readonly devices: DevicesModel;
  readonly profile: ProfileModel;
  readonly chat: Signal<ChatModel | undefined>;
  readonly info: Signal<InfoModel | undefined>;
  readonly newChat: Signal<NewChatModel | undefined>;
  /** A new group, or members for the one that is open. */
  readonly newGroup: Signal<NewGroupModel | undefined>;
  readonly linkDevice: Signal<LinkDeviceModel | undefined>;
  readonly end: () => void;
}

const equal = <T>(left: T, right: T): boolean => left === right;

export function signedIn(session: Session, emoji: EmojiModel): SignedIn {
  const { router } = session;
  const chats = chatActions(session);
  const list = listModel(session, chats);
  const devices = devicesModel(session);
  const at = <T>(pick: (route: Route) => T): Signal<T> => computed((read) => pick(read(router.route)));

  const places: Places = new Map();
  const chat = currentOf(
    at((route) => (route.at === "chat" ? route.id : undefined)),
    equal<Id>,
    (id) => chatModel({ session, chats, emoji, places, id }),
  );
  const ofChat = chatParts(session, chats, chat.value);
  const newChat = currentOf(
    at((route) => (route.at === "new_chat" ? "new" : undefined)),
    equal<string>,
    () => newChatModel(session),
  );
  const linkDevice = currentOf(at(linkingCode), equal<string>, (code) => linkDeviceModel(session, code));
  const stopNotifying = notifyOfMessages(session);
  const stopLooking = leaveUnknownChats(session);
  const stopLoading = loadDevicesWithSettings(session, devices);
  return {
    session,
    list,
    devices,
    settings: settingsModel(session, devices),
    profile: profileModel(session),
    chat: chat.value,
    info: ofChat.info.value,
    newGroup: ofChat.newGroup.value,
    newChat: newChat.value,
    linkDevice: linkDevice.value,
    end: () => {
      for (const current of [ofChat.info, ofChat.newGroup, chat, newChat, linkDevice]) current.end();
      list.end();
      devices.end();
      stopNotifying();
      stopLooking();
      stopLoading();
    },
  };
}

/** A code in the address begins with itself; from the settings there is none yet. */
function linkingCode(route: Route): string | undefined {
  if (route.at === "link") return route.code;
  return route.at === "settings" && route.linking ? "" : undefined;
}

/** What lies over an open conversation. */
function chatParts(
  session: Session,
  chats: ChatActions,
  chat: Signal<ChatModel | undefined>,
): { readonly info: Current<InfoModel>; readonly newGroup: Current<NewGroupModel> } {
  const { route } = session.router;
  const info = currentOf(
    computed((read) => {
      const now = read(route);
      return now.at === "chat" && now.info ? read(chat) : undefined;
    }),
    equal<ChatModel>,
    ({ id, members }) => infoModel({ session, chats, id, members }),
  );
  const newGroup = currentOf(
    computed((read): ChatModel | "new" | undefined => {
      const now = read(route);
      if (now.at === "new_group") return "new";
      if (now.at !== "chat" || !now.adding) return undefined;
      // Who is a member already is not offered: until that is known nobody is.
      const open = read(chat);
      return open !== undefined && read(open.members) !== undefined ? open : undefined;
    }),
    equal<ChatModel | "new">,
    (key) =>
      key === "new"
        ? newGroupModel(session, undefined)
        : newGroupModel(session, { id: key.id, members: (key.members.get() ?? []).map(({ account }) => account) }),
  );
  return { info, newGroup };
}

/** An address may name a conversation that is not among those of this account: an old one, or somebody else's. */
function leaveUnknownChats({ client, router, toasts, words }: Session): () => void {
  const look = (): void => {
    const route = router.route.get();
    // Before it is online one of this account may not have come yet.
    if (route.at !== "chat" || client.connection.get().state !== "online") return;
    if (client.conversations.get().some(({ id }) => id === route.id)) return;
    router.go({ at: "list" });
    toasts.show(words.get().toast.unknownChat);
  };
  look();
  const ends = [router.route, client.connection, client.conversations].map(({ subscribe }) => subscribe(look));
  return () => {
    for (const end of ends) end();
  };
}

function loadDevicesWithSettings({ router }: Session, devices: DevicesModel): () => void {
  const look = (): void => {
    if (router.route.get().at === "settings") devices.load();
  };
  look();
  return router.route.subscribe(look);
}
