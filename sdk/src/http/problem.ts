/**
 * Why a request did not do what it was to do. `reason` is the last word of a problem's type (RFC 9457), such as
 * `handle-taken`, or one of ours: `offline` when no answer came, `unexpected` when it makes no sense.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly reason: string;
  /** The HTTP status, 0 if no answer came. */
  readonly status: number;
  /** For how many milliseconds not to ask again, if the server said so. */
  readonly retryAfter: number | undefined;

  constructor(reason: string, detail: string, status: number, retryAfter?: number) {
    super(detail === "" ? reason : `${reason}: ${detail}`);
    this.reason = reason;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later, by itself. */
  get passes(): boolean {
    return this.reason === "offline" || this.status === 429 || this.status >= 500;
  }
}

/** Whether an error is a {@link Problem} with this reason. */
export function isProblem(error: unknown, reason: string): boolean {
  return error instanceof Problem && error.reason === reason;
}

const prefix = "urn:dunlin:problem:";

/** Reads the problem in an answer that is not a success. */
export async function problemOf(response: Response): Promise<Problem> {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  let [reason, detail] = ["unexpected", `status ${response.status}`];
  try {
    const said: unknown = await response.json();
    if (typeof said === "object" && said !== null) {
      if ("type" in said && typeof said.type === "string" && said.type.startsWith(prefix)) {
        reason = said.type.slice(prefix.length);
      }
      if ("detail" in said && typeof said.detail === "string") detail = said.detail;
    }
  } catch {
    // A proxy's page, most likely.
  }
  return new Problem(reason, detail, response.status, retryAfter);
}
