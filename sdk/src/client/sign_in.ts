import { base32, idFromBytes } from "../base/id.ts";
import { signalOf } from "../base/signal.ts";
import type { Signal } from "../base/signal.ts";
import { accountApi, openApi } from "../http/api.ts";
import type { AccountApi, OpenApi } from "../http/api.ts";
import { Problem } from "../http/problem.ts";
import { requestsTo } from "../http/request.ts";
import type { LinkAsked, LinkProgress } from "../http/shapes.ts";
import type { PendingRow } from "../store/rows.ts";
import { keyOf } from "../store/store.ts";
import type { SignUp } from "./host.ts";
import type { Ground } from "./running.ts";
import type { Credentials, LinkingState } from "./types.ts";

/** The ways in: how a device that nobody is signed in on comes to an account. */
export interface SignIn {
  readonly api: OpenApi;
  readonly linking: Signal<LinkingState>;
  /** Q2: signs up; asked again after a lost answer, it asks for the same. Rejects with a {@link Problem}. */
  signUp(wish: SignUp): Promise<void>;
  /** Takes credentials that were made elsewhere. */
  take(credentials: Credentials): Promise<void>;
  /** Asks for a code and waits until another device has decided; what becomes of it is in `linking`. */
  askLink(deviceName: string): Promise<void>;
  cancelLink(): void;
}

/** How long the server may hold a request that waits for a decision, in seconds. */
const heldFor = 25;
/** The pause after such a request failed, in milliseconds. */
const pause = 2_000;

/** Makes one; `signedIn` is called once the store knows who this device is. */
export function createSignIn(ground: Ground, signedIn: () => Promise<void>): SignIn {
  const linking = signalOf<LinkingState>({ state: "none" });
  const api = openApi(requestsTo(ground.server, () => undefined, ground.fetch));
  let waiting: AbortController | undefined;

  const take = async ({ account, handle, device, token }: Credentials): Promise<void> => {
    await ground.store.commit([
      { type: "put", table: "me", key: keyOf(""), row: { account, handle, device, token } },
      { type: "delete", table: "pending", key: keyOf("") },
    ]);
    await signedIn();
  };
  return {
    api,
    linking: linking.signal,
    take,
    signUp: async (wish) => {
      const pending = await pendingIn(ground);
      const { invite, handle, name, about, deviceName: device_name } = wish;
      const answer = await api.signUp({
        ...pending,
        handle,
        name,
        device_name,
        ...(invite === undefined ? {} : { invite }),
        ...(about === undefined ? {} : { about }),
      });
      await take({ ...pending, account: answer.account, handle: answer.handle });
    },
    askLink: async (deviceName) => {
      waiting?.abort();
      const own = new AbortController();
      waiting = own;
      const pending = await pendingIn(ground);
      const { device, token } = pending;
      const asked = await api.askLink({ device, device_name: deviceName, token });
      if (own.signal.aborted) return;
      linking.set({ state: "waiting", code: asked.code, expires: asked.expires });
      follow(ground, pending, asked, own.signal, linking.set, take).catch((reason: unknown) => {
        ground.fault(`linking: ${String(reason)}`);
        linking.set({ state: "failed", reason: "store" });
      });
    },
    cancelLink: () => {
      waiting?.abort();
      waiting = undefined;
      linking.set({ state: "none" });
    },
  };
}

/** Ids and token of the device to be, the same until somebody is signed in. */
async function pendingIn({ store, random }: Ground): Promise<PendingRow> {
  const [known] = await store.all("pending");
  if (known !== undefined) return known;
  const made: PendingRow = {
    account: idFromBytes(random(16)),
    device: idFromBytes(random(16)),
    token: base32(random(32)),
  };
  await store.commit([{ type: "put", table: "pending", key: keyOf(""), row: made }]);
  return made;
}

/** Waits for the decision about a code, as long as it is good. */
async function follow(
  ground: Ground,
  pending: PendingRow,
  asked: LinkAsked,
  signal: AbortSignal,
  tell: (state: LinkingState) => void,
  take: (credentials: Credentials) => Promise<void>,
): Promise<void> {
  const { clock } = ground;
  const requests = requestsTo(ground.server, () => pending.token, ground.fetch);
  const { code, expires } = asked;
  let known: "waiting" | "seen" = "waiting";
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    let progress: LinkProgress;
    try {
      progress = await openApi(requests).linkProgress(asked.link, known, heldFor, signal);
    } catch (reason) {
      if (isOver()) return;
      if (!(reason instanceof Problem) || (!reason.passes && reason.status !== 404)) {
        tell({ state: "failed", reason: reason instanceof Problem ? reason.reason : String(reason) });
        return;
      }
      const passes = reason.passes && clock.now() < expires;
      if (passes) await after(ground, pause);
      // What is gone may have been confirmed: then the token is good.
      progress = passes ? { state: known } : await tried(accountApi(requests));
    }
    if (isOver()) return;
    switch (progress.state) {
      case "waiting":
      case "seen":
        known = progress.state;
        tell({ state: known, code, expires });
        break;
      case "linked": {
        const { account, handle } = progress;
        await take({ account, handle, device: pending.device, token: pending.token });
        tell({ state: "linked" });
        return;
      }
      case "refused":
      case "expired":
        tell({ state: progress.state });
        return;
    }
  }
}

/** Whether the token lets this device in by now. */
async function tried(api: AccountApi): Promise<LinkProgress> {
  try {
    const { account, handle } = await api.account();
    return { state: "linked", account, handle };
  } catch {
    return { state: "expired" };
  }
}

function after({ clock }: Ground, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
