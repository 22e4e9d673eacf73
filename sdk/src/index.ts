/** Dunlin's client, for browsers and Node: see README.md. What is not exported here is not to be relied on. */

export { Client } from "./client/client.ts";
export type { ClientOptions, Devices, Linking, OwnProfileCalls, ProfileDirectory } from "./client/client.ts";
export type { Conversation } from "./client/conversation.ts";
export type { NewGroup, SignUp } from "./client/host.ts";
export type {
  ConnectionState,
  ConversationSummary,
  Credentials,
  DeviceInfo,
  GroupChange,
  IncomingMessage,
  LinkClaimed,
  LinkingState,
  MemberInfo,
  Message,
  MessageState,
  MessageWindow,
  OwnAccount,
  Presence,
  Profile,
  Settings,
} from "./client/types.ts";
export type { Clock, Random, Stop } from "./base/clock.ts";
export type { Id } from "./base/id.ts";
export type { Signal } from "./base/signal.ts";
export type { Content } from "./codec/content.ts";
export type { RecordContent } from "./codec/record_content.ts";
export type { Member, MemberRole } from "./codec/wire.ts";
export { Problem, isProblem } from "./http/problem.ts";
export type { Invite, OwnProfile, ServerInfo } from "./http/shapes.ts";
export { deleteIndexedDbStore, indexedDbStore } from "./store/indexeddb.ts";
export { lateStore } from "./store/late.ts";
export type { LateStoreOptions } from "./store/late.ts";
export { memoryStore } from "./store/memory.ts";
export { hostInWorker, openInTabs, sharing } from "./tabs/open.ts";
export type { Sharing, TabsOptions, WorkerScope } from "./tabs/open.ts";
export { createCore } from "./client/core.ts";
export type { CoreOptions } from "./client/core.ts";
export type { Host } from "./client/host.ts";
export type { Store } from "./store/store.ts";
export type { Cipher } from "./sync/cipher.ts";
export { plainCipher } from "./sync/cipher.ts";
export type { Transport } from "./transport/transport.ts";
export { webSocketTransport } from "./transport/websocket.ts";
