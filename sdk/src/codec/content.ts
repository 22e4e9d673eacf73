import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ContentSchema, SignalSchema } from "../proto/content_pb.js";

/** What somebody says in a message. A kind that this version does not know is kept whole, and is `unsupported` here. */
export type Content = { readonly type: "text"; readonly text: string } | { readonly type: "unsupported" };

/** What is true for a moment, and never stored. */
export type LiveSignal = { readonly type: "typing"; readonly stopped: boolean } | { readonly type: "unsupported" };

/** The bytes of a `Content`. Throws a RangeError for an empty text, and for what cannot be said. */
export function writeContent(content: Content): Uint8Array<ArrayBuffer> {
  if (content.type === "unsupported") throw new RangeError("this version cannot write what it does not know");
  if (content.text === "") throw new RangeError("a text is empty");
  return toBinary(ContentSchema, create(ContentSchema, { what: { case: "text", value: { text: content.text } } }));
}

/** What the bytes of a `Content` say. It never throws: who wrote them may be newer, or wrong. */
export function readContent(bytes: Uint8Array): Content {
  try {
    const { what } = fromBinary(ContentSchema, bytes);
    if (what.case === "text" && what.value.text !== "") return { type: "text", text: what.value.text };
  } catch {
    // Not a Content at all.
  }
  return { type: "unsupported" };
}

/** The bytes of a `Signal` that says whether somebody is writing. */
export function writeTyping(stopped: boolean): Uint8Array<ArrayBuffer> {
  return toBinary(SignalSchema, create(SignalSchema, { what: { case: "typing", value: { stopped } } }));
}

/** What the bytes of a `Signal` say; it never throws. */
export function readSignal(bytes: Uint8Array): LiveSignal {
  try {
    const { what } = fromBinary(SignalSchema, bytes);
    if (what.case === "typing") return { type: "typing", stopped: what.value.stopped };
  } catch {
    // Not a Signal at all.
  }
  return { type: "unsupported" };
}
