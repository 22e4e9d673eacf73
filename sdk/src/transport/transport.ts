/** What a connection tells its owner. After `closed` nothing more comes. */
export interface ConnectionEvents {
  /** The connection is there: what is sent now goes out. */
  readonly opened: () => void;
  /** Bytes came; nobody changes them afterwards. */
  readonly received: (bytes: Uint8Array) => void;
  /** The connection is gone, or never came about. Not called after {@link Connection.close}. */
  readonly closed: () => void;
}

/** A two-way stream of bytes. */
export interface Connection {
  /** Sends, in order. Nothing happens once it is closed. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** Ends it; what was sent before may still arrive. No event comes after. */
  close(): void;
}

/** Opens a connection to the server; every call a new one. No event comes before it returns. */
export type Transport = (events: ConnectionEvents) => Connection;
