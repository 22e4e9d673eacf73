import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { bytesOf } from "../base/id.ts";
import { RecordSchema, RecordsSchema } from "../proto/dunlin_pb.js";
import { accountApi, openApi } from "./api.ts";
import { Problem } from "./problem.ts";
import { requestsTo } from "./request.ts";

const conversation = "c".repeat(25) + "a";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Answers every request with `answer`, and keeps what was asked. */
function answering(answer: () => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const fetcher = (async (input: URL, init: RequestInit) => {
    const { method = "GET", headers, body } = init;
    const text = typeof body === "string" ? body : body instanceof Uint8Array ? `${body.length} bytes` : "";
    asked.push({ method, path: input.pathname + input.search, headers: new Headers(headers), body: text });
    return answer();
  }) as typeof fetch;
  const requests = requestsTo("http://server.test", () => "token", fetcher);
  return { asked, open: openApi(requests), account: accountApi(requests) };
}

const problem = (type: string, status: number, headers = {}): Response =>
  Response.json({ type, title: "", detail: "somebody has it" }, { status, headers });

async function rejectionOf(work: Promise<unknown>): Promise<Problem> {
  const reason: unknown = await work.then(
    () => undefined,
    (rejection: unknown) => rejection,
  );
  if (!(reason instanceof Problem)) throw new Error(`not a problem: ${String(reason)}`);
  return reason;
}

describe("the client of /v1", () => {
  test("shows its token, and says what it wants", async () => {
    const { asked, account } = answering(() => Response.json({ version: 7 }));
    expect(await account.putSettings({ theme: "dark" }, conversation)).toBe(7);
    expect(asked[0]).toMatchObject({
      method: "PUT",
      path: `/v1/conversations/${conversation}/settings`,
      body: '{"theme":"dark"}',
    });
    expect(asked[0]?.headers.get("Authorization")).toBe("Bearer token");
    expect(asked[0]?.headers.get("Content-Type")).toBe("application/json");
  });

  test("writes what people type into paths so that it stays one part of them", async () => {
    const { asked, open } = answering(() => Response.json({ handle: "x", free: true }));
    await open.handle("../a?b", "c&d");
    expect(asked[0]?.path).toBe("/v1/handles/..%2Fa%3Fb?invite=c%26d");
  });

  test("gives the word of a problem, and when to ask again", async () => {
    const { open } = answering(() => problem("urn:dunlin:problem:rate-limited", 429, { "Retry-After": "3" }));
    const rejection = await rejectionOf(open.server());
    expect(rejection).toMatchObject({ reason: "rate-limited", status: 429, retryAfter: 3000, passes: true });
    expect(rejection.message).toBe("rate-limited: somebody has it");
  });

  test("a problem that is the request's own does not pass", async () => {
    const { open } = answering(() => problem("urn:dunlin:problem:handle-taken", 409));
    const wish = { account: "", handle: "ada", name: "", device: "", device_name: "", token: "" };
    expect(await rejectionOf(open.signUp(wish))).toMatchObject({ reason: "handle-taken", passes: false });
  });

  test.each([
    ["a proxy's page", () => new Response("<h1>Bad Gateway</h1>", { status: 502 }), { status: 502, passes: true }],
    ["a problem of somebody else", () => problem("about:blank", 400), { status: 400, passes: false }],
    ["a success that is no JSON", () => new Response("hello"), { status: 200, passes: false }],
  ])("%s is unexpected", async (_, answer, more) => {
    const { open } = answering(answer);
    expect(await rejectionOf(open.server())).toMatchObject({ reason: "unexpected", ...more });
  });

  test("no answer at all is offline", async () => {
    const { open } = answering(() => Promise.reject(new TypeError("fetch failed")));
    expect(await rejectionOf(open.server())).toMatchObject({ reason: "offline", status: 0, passes: true });
  });

  test("reads ranges as protobuf", async () => {
    const record = create(RecordSchema, { seq: 2n, ts: 1000n, id: bytesOf(conversation), body: Uint8Array.of(1) });
    const bytes = toBinary(RecordsSchema, create(RecordsSchema, { records: [record], head: 9n }));
    const { asked, account } = answering(() => new Response(bytes));
    const answer = await account.records(conversation, 2, 50);
    expect(answer.head).toBe(9);
    expect(answer.records).toMatchObject([{ seq: 2, ts: 1000, id: conversation, account: "a".repeat(26), kind: 0 }]);
    expect(asked[0]?.path).toBe(`/v1/conversations/${conversation}/records?from=2&limit=50`);
    expect(asked[0]?.headers.get("Accept")).toBe("application/x-protobuf");
  });

  test("an answer that was cut is not taken for a whole one", async () => {
    const record = create(RecordSchema, { seq: 2n, body: new Uint8Array(100) });
    const bytes = toBinary(RecordsSchema, create(RecordsSchema, { records: [record] }));
    const { account } = answering(() => new Response(bytes.slice(0, 50)));
    expect(await rejectionOf(account.records(conversation, 2, 50))).toMatchObject({ reason: "unexpected" });
  });

  test("pictures go as they are", async () => {
    const { asked, account } = answering(() => Response.json({ picture: "hash" }));
    expect(await account.putPicture(Uint8Array.of(0x89, 0x50, 0, 0, 0, 0, 0, 0, 0))).toBe("hash");
    expect(asked[0]).toMatchObject({ method: "PUT", path: "/v1/account/picture", body: "9 bytes" });
    expect(asked[0]?.headers.get("Content-Type")).toBe("image/png");
  });
});
