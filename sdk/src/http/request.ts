import { Problem, problemOf } from "./problem.ts";

/** What a request needs beside its path. */
export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** The media type of `bytes`. */
  readonly type?: string;
  /** The media type that is asked for; JSON if left out. */
  readonly accept?: string;
  /** For a request that the server may hold open. Milliseconds; 30 s if left out. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** One server, and one bearer token or none. */
export interface Requests {
  /** Rejects with a {@link Problem} for everything that is not a success. */
  send(path: string, options?: RequestOptions): Promise<Response>;
}

/** Requests to the server at `server`; the token is asked for with each. Cookies are never sent. */
export function requestsTo(
  server: string | URL,
  token: () => string | undefined,
  fetcher: typeof fetch = fetch,
): Requests {
  return {
    send: async (path, options = {}) => {
      const { method = "GET", json, bytes, accept = "application/json", timeout = 30_000 } = options;
      const bearer = token();
      const headers = new Headers({ Accept: accept });
      if (bearer !== undefined) headers.set("Authorization", `Bearer ${bearer}`);
      const type = json === undefined ? options.type : "application/json";
      if (type !== undefined) headers.set("Content-Type", type);
      const limit = AbortSignal.timeout(timeout);
      const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
      const body = json === undefined ? (bytes ?? null) : JSON.stringify(json);
      let response: Response;
      try {
        response = await fetcher(new URL(path, server), { method, headers, body, signal, credentials: "omit" });
      } catch (reason) {
        if (options.signal?.aborted === true) throw reason;
        throw new Problem("offline", "the server did not answer", 0);
      }
      if (!response.ok) throw await problemOf(response);
      return response;
    },
  };
}

/** The JSON of an answer, taken to have the shape that the protocol gives it. */
export async function jsonOf<T>(response: Promise<Response>): Promise<T> {
  const answer = await response;
  try {
    return (await answer.json()) as T;
  } catch {
    throw new Problem("unexpected", "the answer is no JSON", answer.status);
  }
}
