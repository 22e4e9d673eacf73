import type { Id } from "../base/id.ts";
import { readContent } from "./content.ts";
import type { Content } from "./content.ts";
import { kinds, readConversationChange, readMembersChange } from "./wire.ts";
import type { ConversationChange, Member, StreamRecord } from "./wire.ts";

/** What a record of a conversation says: what somebody sent, or what the server tells of the conversation itself. */
export type RecordContent =
  | Content
  | {
      readonly type: "created";
      readonly name: string;
      readonly picture: string | undefined;
      readonly members: readonly Member[];
    }
  | {
      readonly type: "members";
      readonly joined: readonly Member[];
      readonly left: readonly Id[];
      readonly roles: readonly Member[];
    }
  | ({ readonly type: "changed" } & ConversationChange);

/** Reads a record of a conversation; never throws: what it does not know is `unsupported`. */
export function contentOf(record: Pick<StreamRecord, "kind" | "body">): RecordContent {
  try {
    switch (record.kind) {
      case kinds.message:
        return readContent(record.body);
      case kinds.text:
        return { type: "text", text: new TextDecoder().decode(record.body) };
      case kinds.created: {
        const { joined, name, picture } = readMembersChange(record.body);
        return { type: "created", name, picture, members: joined };
      }
      case kinds.members: {
        const { joined, left, roles } = readMembersChange(record.body);
        return { type: "members", joined, left, roles };
      }
      case kinds.changed:
        return { type: "changed", ...readConversationChange(record.body) };
      default:
        return { type: "unsupported" };
    }
  } catch {
    return { type: "unsupported" };
  }
}

/** Whether somebody sent it, rather than the server. */
export function isMessage(kind: number): boolean {
  return kind < 64;
}
