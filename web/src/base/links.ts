/** A part of a text: plain, or the address of something on the web. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "link";
      /** What was written; the address itself where that could be taken for another. */
      readonly text: string;
      readonly href: string;
    };

// What may be in an address; no characters that turn the direction of writing, which could make one look like another.
const address = /\bhttps?:\/\/[^\s<>"“”\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const plainAscii = /^[\x21-\x7e]+$/;
const most = 2048;

/** Punctuation at the end belongs to the sentence, and a bracket to whoever opened it. */
function trimmed(found: string): string {
  let end = found.length;
  for (; end > 0; end--) {
    const last = found.charAt(end - 1);
    if (/[.,;:!?'’…*_~]/u.test(last)) continue;
    const opener = { ")": "(", "]": "[", "}": "{" }[last];
    if (opener === undefined) break;
    const inside = found.slice(0, end);
    if (inside.split(opener).length >= inside.split(last).length) break;
  }
  return found.slice(0, end);
}

/** The address that a link may lead to: http or https, with a host and without a name or password before it. */
function safe(text: string): URL | undefined {
  if (text.length > most || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const allowed = (url.protocol === "http:" || url.protocol === "https:") && url.username === "" && url.password === "";
  return allowed && url.hostname.includes(".") ? url : undefined;
}

/** Splits a text at the addresses in it. All parts together are the text, but for addresses in other letters than Latin ones. */
export function linksIn(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    const written = trimmed(match[0]);
    const url = safe(written);
    if (url === undefined) continue;
    if (match.index > from) parts.push({ kind: "text", text: text.slice(from, match.index) });
    parts.push({ kind: "link", text: plainAscii.test(hostIn(written)) ? written : url.href, href: url.href });
    from = match.index + written.length;
  }
  if (from < text.length || parts.length === 0) parts.push({ kind: "text", text: text.slice(from) });
  return parts;
}

const hostIn = (written: string): string => /^https?:\/\/([^/?#]*)/iu.exec(written)?.[1] ?? "";
