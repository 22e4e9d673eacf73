/** What of Trusted Types is used; not every browser has them, and TypeScript's libraries do not know them yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): string };
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/**
 * The address of a script of this app, as `SharedWorker` and `register` may be given it: the page's policy lets nothing else
 * become code. Throws for any other origin.
 */
export function scriptAddress(path: string): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return own(path);
  policy ??= trustedTypes.createPolicy("dunlin", { createScriptURL: own });
  return policy.createScriptURL(path);
}

function own(path: string): string {
  const { origin, href } = new URL(path, location.origin);
  if (origin !== location.origin) throw new TypeError(`a script from elsewhere: ${origin}`);
  return href;
}
