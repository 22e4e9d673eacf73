import { useRef, type ReactElement, type ReactNode, type Ref } from "react";
import { phone, useMedia } from "../base/useMedia.ts";
import { useSignal } from "../base/useSignal.ts";
import { useWords } from "../i18n/Words.tsx";
import type { ChatModel } from "../model/chat/chat.ts";
import type { InfoModel } from "../model/info.ts";
import type { NewChatModel } from "../model/newChat.ts";
import type { NewGroupModel } from "../model/newGroup.ts";
import type { Route } from "../model/router.ts";
import type { SignedIn } from "../model/signedIn.ts";
import type { LinkDeviceModel } from "../model/settings/linkDevice.ts";
import { BlankPane } from "../views/BlankPane/BlankPane.tsx";
import { ChatList } from "../views/ChatList/ChatList.tsx";
import { Panes } from "../views/Panes/Panes.tsx";
import type { SettingsPage } from "../views/Settings/Settings.tsx";
import { Thread } from "../views/Thread/Thread.tsx";
import { InfoPane, LinkDevice, NewChat, NewGroup, Settings, SettingsDetail } from "./laterParts.ts";
import { useHotkeys } from "./useHotkeys.ts";

/** What somebody who is signed in sees: list, conversation and info, as the address says. */
export function Screens({ own }: { readonly own: SignedIn }): ReactElement {
  const { t } = useWords();
  const route = useSignal(own.session.router.route);
  const small = useMedia(phone);
  const search = useRef<HTMLInputElement>(null);
  const chat = useSignal(own.chat);
  const info = useSignal(own.info);
  const newChat = useSignal(own.newChat);
  const newGroup = useSignal(own.newGroup);
  const linkDevice = useSignal(own.linkDevice);
  const { ripples } = useSignal(own.session.look.look);
  useHotkeys(own, search);

  // Where there is room a page is always open.
  const page = route.at === "settings" ? (route.page ?? (small ? undefined : "appearance")) : undefined;
  const adding = route.at === "chat" && route.adding;
  return (
    <>
      <Panes
        list={<ListPane own={own} route={route} page={page} newChat={newChat} newGroup={newGroup} search={search} />}
        main={mainOf(own, page, chat)}
        blank={<BlankPane ripples={ripples} />}
        info={infoOf(info, adding ? newGroup : undefined)}
        labels={{
          list: route.at === "settings" ? t.settings.title : t.list.title,
          main: page === undefined ? t.chat.conversation : t.settings.title,
          info: t.chat.info,
        }}
      />
      {linkDevice !== undefined && <LinkDeviceOf model={linkDevice} />}
    </>
  );
}

interface ListPaneProps {
  readonly own: SignedIn;
  readonly route: Route;
  readonly page: SettingsPage | undefined;
  readonly newChat: NewChatModel | undefined;
  readonly newGroup: NewGroupModel | undefined;
  readonly search: Ref<HTMLInputElement>;
}

function ListPane({ own, route, page, newChat, newGroup, search }: ListPaneProps): ReactElement {
  if (route.at === "settings") return <SettingsOf own={own} page={page} />;
  if (newChat !== undefined) return <NewChatOf model={newChat} />;
  if (route.at === "new_group" && newGroup !== undefined) return <NewGroupOf model={newGroup} />;
  return <ListOf own={own} search={search} />;
}

function mainOf(own: SignedIn, page: SettingsPage | undefined, chat: ChatModel | undefined): ReactNode {
  if (page !== undefined) return <SettingsDetail key={page} own={own} page={page} />;
  return chat === undefined ? undefined : <ThreadOf key={chat.id} model={chat} />;
}

function infoOf(info: InfoModel | undefined, adding: NewGroupModel | undefined): ReactNode {
  if (adding !== undefined) return <NewGroupOf model={adding} />;
  return info === undefined ? undefined : <InfoOf model={info} />;
}

function ListOf({ own, search }: { readonly own: SignedIn; readonly search: Ref<HTMLInputElement> }): ReactElement {
  return <ChatList snapshot={useSignal(own.list.snapshot)} actions={own.list.actions} searchRef={search} />;
}

function SettingsOf({ own, page }: { readonly own: SignedIn; readonly page: SettingsPage | undefined }): ReactElement {
  return <Settings snapshot={{ ...useSignal(own.settings.snapshot), page }} actions={own.settings.actions} />;
}

function NewChatOf({ model }: { readonly model: NewChatModel }): ReactElement {
  return <NewChat snapshot={useSignal(model.snapshot)} actions={model.actions} />;
}

function NewGroupOf({ model }: { readonly model: NewGroupModel }): ReactElement {
  return <NewGroup snapshot={useSignal(model.snapshot)} actions={model.actions} />;
}

function ThreadOf({ model }: { readonly model: ChatModel }): ReactElement {
  return <Thread snapshot={useSignal(model.snapshot)} actions={model.actions} />;
}

function InfoOf({ model }: { readonly model: InfoModel }): ReactElement | null {
  const snapshot = useSignal(model.snapshot);
  return snapshot === undefined ? null : <InfoPane snapshot={snapshot} actions={model.actions} />;
}

function LinkDeviceOf({ model }: { readonly model: LinkDeviceModel }): ReactElement {
  return <LinkDevice snapshot={useSignal(model.snapshot)} actions={model.actions} />;
}
