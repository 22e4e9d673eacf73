import type { Id } from "../base/id.ts";
import type { StreamRecord } from "../codec/wire.ts";

/**
 * The seam at which the encryption of contents stands: what leaves the device passes `seal`, what comes to it passes
 * `open`, and nothing else touches a body. `seal` may be called more than once for a message, after a refusal or a restart.
 */
export interface Cipher {
  /** The body that goes on the wire for a content. */
  seal(conversation: Id, message: Id, content: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** The content in a record that somebody sent. It is kept as it is returned, and never opened again. */
  open(conversation: Id, record: StreamRecord): Uint8Array | Promise<Uint8Array>;
}

/** No encryption: who runs the server can read everything. */
export const plainCipher: Cipher = {
  seal: (_conversation, _message, content) => content,
  open: (_conversation, record) => record.body,
};
