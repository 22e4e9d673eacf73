import type { ChatActions } from "../model/chatActions.ts";

/** Notes in `done` what is done to conversations, with all that it was given. */
export const notingChats = (done: unknown[][]): ChatActions => ({
  set: (...all) => done.push(["set", ...all]),
  setArchived: (...all) => done.push(["setArchived", ...all]),
  markRead: (...all) => done.push(["markRead", ...all]),
  leave: (...all) => done.push(["leave", ...all]),
  writeTo: (...all) => done.push(["writeTo", ...all]),
});
