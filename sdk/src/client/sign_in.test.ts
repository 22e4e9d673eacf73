import { describe, expect, test, vi } from "vitest";
import { until } from "../../test/support/until.ts";
import { systemClock, systemRandom } from "../base/clock.ts";
import { memoryStore } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { defaultBackOff } from "../sync/back_off.ts";
import { plainCipher } from "../sync/cipher.ts";
import type { Ground } from "./running.ts";
import { createSignIn } from "./sign_in.ts";

type Answer = () => Response | Promise<Response>;
const lost: Answer = () => Promise.reject(new TypeError("fetch failed"));

/** A server that gives these answers, one after the other, and keeps what it was asked. */
function ground(
  store: Store,
  answers: Answer[],
): { ground: Ground; asked: { path: string; body: unknown; token: string | null }[] } {
  const asked: { path: string; body: unknown; token: string | null }[] = [];
  const fetcher = (async (input: URL, { body, headers }: RequestInit) => {
    const token = new Headers(headers).get("Authorization");
    asked.push({ path: input.pathname, body: typeof body === "string" ? JSON.parse(body) : undefined, token });
    return (answers.shift() ?? lost)();
  }) as typeof fetch;
  const made: Ground = {
    server: "http://server.test",
    store,
    transport: () => ({ send: vi.fn(), close: vi.fn() }),
    fetch: fetcher,
    cipher: plainCipher,
    clock: { ...systemClock, after: (_, then) => systemClock.after(0, then) },
    random: systemRandom,
    backOff: defaultBackOff,
    fault: vi.fn(),
  };
  return { ground: made, asked };
}

const wish = { invite: "code", handle: "Ada", name: "Ada", deviceName: "phone" };

describe("signing up", () => {
  test("Q2 asks for the same account, device and token again after a lost answer, also after a restart", async () => {
    const store = memoryStore();
    const first = ground(store, [lost]);
    await expect(createSignIn(first.ground, vi.fn()).signUp(wish)).rejects.toMatchObject({ reason: "offline" });

    const body = first.asked[0]?.body as { account: string; device: string; token: string };
    expect(body).toMatchObject({ invite: "code", handle: "Ada", device_name: "phone" });
    expect(body.token).toMatch(/^[a-z2-7]{52}$/);
    const { account, device } = body;
    const second = ground(store, [() => Response.json({ account, handle: "ada", device })]);
    const signedIn = vi.fn(() => Promise.resolve());
    await createSignIn(second.ground, signedIn).signUp(wish);
    expect(second.asked[0]?.body).toEqual(body);
    expect(signedIn).toHaveBeenCalledTimes(1);
    expect(await store.all("me")).toEqual([{ account, handle: "ada", device, token: body.token }]);
    expect(await store.all("pending")).toEqual([]);
  });
});

describe("linking", () => {
  const asked = { link: "l".repeat(26), code: "ABCD2345", expires: Date.now() + 60_000 };
  const progress =
    (state: string, more = {}): Answer =>
    () =>
      Response.json({ state, ...more });

  test("shows a code, follows what becomes of it, and signs in", async () => {
    const store = memoryStore();
    const account = { account: "b".repeat(26), handle: "ada" };
    const answers = [
      () => Response.json(asked),
      progress("waiting"),
      lost,
      progress("seen"),
      progress("linked", account),
    ];
    const { ground: made, asked: requests } = ground(store, answers);
    const signedIn = vi.fn(() => Promise.resolve());
    const signIn = createSignIn(made, signedIn);
    const states: string[] = [];
    signIn.linking.subscribe(() => states.push(signIn.linking.get().state));
    await signIn.askLink("tablet");
    expect(signIn.linking.get()).toEqual({ state: "waiting", code: asked.code, expires: asked.expires });
    await until(signIn.linking, ({ state }) => state === "linked", "to be linked");
    expect(states.filter((state) => state !== "waiting")).toEqual(["seen", "linked"]);
    const [me] = await store.all("me");
    expect(me).toMatchObject(account);
    expect(requests[0]?.body).toMatchObject({ device: me?.device, token: me?.token, device_name: "tablet" });
    expect(requests[1]?.token).toBe(`Bearer ${me?.token}`);
    expect(signedIn).toHaveBeenCalledTimes(1);
  });

  test.each(["refused", "expired"])("a code that was %s is over", async (state) => {
    const { ground: made } = ground(memoryStore(), [() => Response.json(asked), progress(state)]);
    const signIn = createSignIn(made, vi.fn());
    await signIn.askLink("tablet");
    await until(signIn.linking, (linking) => linking.state === state, state);
  });

  test("Q2 a code that was confirmed while nobody listened has let the device in", async () => {
    const gone: Answer = () => Response.json({ type: "urn:dunlin:problem:unknown-link" }, { status: 404 });
    const account: Answer = () => Response.json({ account: "b".repeat(26), handle: "ada" });
    const store = memoryStore();
    const { ground: made, asked: requests } = ground(store, [() => Response.json(asked), gone, account]);
    const signIn = createSignIn(made, () => Promise.resolve());
    await signIn.askLink("tablet");
    await until(signIn.linking, ({ state }) => state === "linked", "to be linked");
    expect(requests.map(({ path }) => path)).toEqual(["/v1/links", `/v1/links/${asked.link}`, "/v1/account"]);
    expect(await store.all("me")).toMatchObject([{ handle: "ada" }]);
  });

  test("that is cancelled signs nobody in", async () => {
    const store = memoryStore();
    let answer: (response: Response) => void = () => undefined;
    const held: Answer = () => new Promise((resolve) => (answer = resolve));
    const { ground: made } = ground(store, [() => Response.json(asked), held]);
    const signIn = createSignIn(made, vi.fn());
    await signIn.askLink("tablet");
    signIn.cancelLink();
    answer(Response.json({ state: "linked", account: "b".repeat(26), handle: "ada" }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(signIn.linking.get()).toEqual({ state: "none" });
    expect(await store.all("me")).toEqual([]);
  });
});
