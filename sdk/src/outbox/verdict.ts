import type { Id } from "../base/id.ts";
import type { Properties } from "../codec/properties.ts";
import { userProperty } from "../codec/properties.ts";

/** What the server decided about a message: docs/protocol.md, "Sending". */
export type Verdict =
  /** `ts` is missing where it had been accepted before. */
  | { readonly type: "accepted"; readonly seq: number; readonly ts: number | undefined }
  /** Its id is at or below `floor`: in the conversation already, or to be sent again under a new one. */
  | { readonly type: "stale"; readonly floor: Id | undefined }
  /** The message before it is not accepted yet. */
  | { readonly type: "waits" }
  /** Not now: again later, with the same id. */
  | { readonly type: "later"; readonly reason: string }
  /** Never, as it stands. */
  | { readonly type: "refused"; readonly reason: string };

const later = new Set(["busy", "no_space"]);
/** Quota exceeded, and the errors that say nothing of the message: from a proxy, or a server that stops. */
const laterCodes = new Set([0x80, 0x88, 0x89, 0x8b, 0x97]);
const forGood = new Set(["not_member", "forbidden", "not_open", "too_large", "malformed", "unsupported", "conflict"]);

/** Reads the verdict in a PUBACK. */
export function verdictOf(reason: number, properties: Properties): Verdict {
  if (reason < 0x80) {
    const seq = Number(userProperty(properties, "seq") ?? Number.NaN);
    const ts = userProperty(properties, "ts");
    if (!Number.isSafeInteger(seq) || seq < 1) return { type: "refused", reason: "no_verdict" };
    return { type: "accepted", seq, ts: ts === undefined ? undefined : Number(ts) };
  }
  const word = properties.reasonString ?? "";
  if (word === "stale") return { type: "stale", floor: userProperty(properties, "floor") };
  if (word === "waits") return { type: "waits" };
  if (later.has(word) || (!forGood.has(word) && laterCodes.has(reason))) {
    return { type: "later", reason: word === "" ? `code ${reason}` : word };
  }
  return { type: "refused", reason: word === "" ? `code ${reason}` : word };
}
