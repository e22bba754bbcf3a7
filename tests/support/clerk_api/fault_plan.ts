/**
 * Which requests to Clerk's API go wrong, and how: at random from a seed, or the
 * next one on demand.
 *
 * A fault replaces the answer of a request that the API has otherwise taken, so
 * that rate limits and mutations count as usual.
 */

import { createRandom } from "../../../tasks/demo/clerk_instance/seeded_random.ts";

/** Ways in which an answer can be bad. */
export type FaultKind =
  | "status-500"
  | "status-503"
  | "html-502"
  | "html-200"
  | "rate-limited"
  | "rate-limited-bare"
  | "rate-limited-zero"
  | "rate-limited-date"
  | "rate-limited-garbage"
  | "rate-limited-text"
  | "timeout"
  | "drop"
  | "truncate";

/** How often each kind strikes, as a share of all requests from 0 to 1. */
export type FaultRates = Partial<Record<FaultKind, number>>;

/** Decides over every request in turn. */
export class FaultPlan {
  /** May be replaced at any time. */
  rates: FaultRates;
  /** How often each kind has struck so far. */
  readonly struck = new Map<FaultKind, number>();
  readonly #random: () => number;
  readonly #next: FaultKind[] = [];
  readonly #held = new Set<() => void>();

  /**
   * @param seed Same seed and same requests, same faults.
   * @param rates How often each kind strikes.
   */
  constructor(seed: number, rates: FaultRates) {
    this.#random = createRandom(seed);
    this.rates = rates;
  }

  /** Lets the next requests fail, one of each kind given, in that order. */
  failNext(...kinds: FaultKind[]): void {
    this.#next.push(...kinds);
  }

  /**
   * Gives the answer, or what a fault makes of it.
   *
   * @param answer What the API would say.
   */
  async spoil(answer: Response): Promise<Response> {
    const kind = this.#choose();
    if (kind === undefined) return answer;
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
    if (kind === "timeout") await this.#hold();
    if (kind === "drop") return dropConnection();
    if (kind === "truncate") return await truncate(answer);
    await answer.body?.cancel();
    return replaceAnswer(kind);
  }

  /** Lets go of the requests that a timeout fault holds. */
  release(): void {
    for (const letGo of this.#held) letGo();
  }

  #choose(): FaultKind | undefined {
    const demanded = this.#next.shift();
    if (demanded !== undefined) return demanded;
    let left = this.#random();
    for (const [kind, rate] of Object.entries(this.rates)) {
      left -= rate;
      if (left < 0) return kind as FaultKind;
    }
    return undefined;
  }

  async #hold(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.add(resolve);
    await promise;
    this.#held.delete(resolve);
  }
}

/** Promises more than it sends, at which the server cuts the connection. */
function dropConnection(): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("["));
      controller.close();
    },
  });
  return new Response(body, {
    headers: { "content-type": "application/json", "content-length": "64" },
  });
}

/** Well-framed HTTP around half of the JSON. */
async function truncate(answer: Response): Promise<Response> {
  const text = await answer.text();
  return new Response(text.slice(0, Math.ceil(text.length / 2)), answer);
}

function replaceAnswer(kind: FaultKind): Response {
  switch (kind) {
    case "status-500":
      return clerkError(500, "internal_clerk_error");
    case "status-503":
      return clerkError(503, "service_unavailable");
    case "html-200":
      return htmlPage(200);
    case "rate-limited":
      return clerkError(429, "too_many_requests", "1");
    case "rate-limited-bare":
      return clerkError(429, "too_many_requests");
    case "rate-limited-zero":
      return clerkError(429, "too_many_requests", "0");
    case "rate-limited-date":
      return clerkError(429, "too_many_requests", new Date().toUTCString());
    case "rate-limited-garbage":
      return clerkError(429, "too_many_requests", "soon");
    case "rate-limited-text":
      return new Response("slow down", {
        status: 429,
        headers: { "content-type": "text/plain", "retry-after": "1" },
      });
    default:
      return htmlPage(502);
  }
}

function clerkError(status: number, code: string, retryAfter?: string) {
  const error = { code, message: code, long_message: code };
  const body = JSON.stringify({
    errors: [error],
    clerk_trace_id: "fa017".padEnd(32, "0"),
  });
  const headers = new Headers({ "content-type": "application/json" });
  if (retryAfter !== undefined) headers.set("retry-after", retryAfter);
  return new Response(body, { status, headers });
}

function htmlPage(status: number): Response {
  return new Response("<html><h1>An edge page</h1></html>", {
    status,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}
