/** What nobody sees first, in one piece: laterParts.ts has it fetched. */
export { InfoPane } from "../views/InfoPane/InfoPane.tsx";
export { LinkBrowser } from "../views/LinkBrowser/LinkBrowser.tsx";
export { LinkDevice } from "../views/LinkDevice/LinkDevice.tsx";
export { NewChat } from "../views/NewChat/NewChat.tsx";
export { NewGroup } from "../views/NewGroup/NewGroup.tsx";
export { Settings } from "../views/Settings/Settings.tsx";
export { SettingsDetail } from "./SettingsDetail.tsx";
