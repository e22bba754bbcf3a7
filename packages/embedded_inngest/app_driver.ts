/**
 * How the engine reaches an app: its serve handler in this process, or its URL.
 *
 * Both are called with the same signed requests. A handler gets a `host` header, without which the
 * SDK cannot build its own URL. A request that takes longer than Inngest's two hours is given up.
 */
import type { Clock } from "./clock.ts";
import { RequestLimit } from "./request_limit.ts";

const IN_PROCESS_ORIGIN = "http://localhost";
const DEFAULT_SERVE_PATH = "/api/inngest"; // the SDK's own default

/** An app's serve handler, such as `serve()` of `inngest/deno/fresh` returns. */
export type ServeHandler = (request: Request) => Response | Promise<Response>;

/** What came back, read to its end. */
export interface AppResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A request in the making. */
export interface AppRequest {
  readonly method: "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends requests to one app. */
export interface AppDriver {
  /** Where the app's serve route is; the query is added to it. */
  readonly serveUrl: string;
  /** How many requests may be in flight at once, when the engine's options do not say. */
  readonly isInProcess: boolean;
  /**
   * @param url the serve URL with its query
   * @param request method, headers and body
   * @throws {Error} when the app cannot be reached or its handler rejects
   */
  send(url: string, request: AppRequest): Promise<AppResponse>;
}

/**
 * Makes a driver for a serve handler or a URL.
 *
 * @param target the handler, or the absolute URL of the serve route
 * @param clock limits how long a request may take
 * @returns the driver
 * @throws {TypeError} when the URL is not absolute
 */
export function createAppDriver(
  target: ServeHandler | string,
  clock: Clock,
): AppDriver {
  const limit = new RequestLimit(clock);
  if (typeof target === "string") {
    return createUrlDriver(new URL(target).href, limit);
  }
  const serveUrl = IN_PROCESS_ORIGIN + DEFAULT_SERVE_PATH;
  return {
    serveUrl,
    isInProcess: true,
    async send(url, { method, headers, body }): Promise<AppResponse> {
      const request = new Request(url, {
        method,
        headers: { ...headers, host: "localhost" },
        body,
      });
      return await limit.watch(async () =>
        await readResponse(await target(request))
      );
    },
  };
}

function createUrlDriver(serveUrl: string, limit: RequestLimit): AppDriver {
  return {
    serveUrl,
    isInProcess: false,
    async send(url, request): Promise<AppResponse> {
      const stop = new AbortController();
      const { signal } = stop;
      const init = { ...request, signal, redirect: "manual" } as const;
      return await limit.watch(
        async () => await readResponse(await fetch(url, init)),
        (error) => stop.abort(error),
      );
    },
  };
}

async function readResponse(response: Response): Promise<AppResponse> {
  return {
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  };
}
