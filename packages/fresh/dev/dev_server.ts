/**
 * Wraps an app for development: it tells browsers when the server has
 * restarted, and shows errors that the app does not answer itself.
 *
 * What restarts the server is `deno run --watch`.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { type App, setErrorInterceptor } from "../app.ts";
import type { AppHandler } from "../create_handler.ts";
import type { BuildCache } from "../build_cache.ts";
import { renderErrorPage } from "./error_page.tsx";

const ALIVE_PATH = "/_frsh/alive";
/** How soon a browser asks again; a restart takes about as long. */
const RETRY_MS = 300;

/**
 * Wraps an app.
 *
 * @param app The app, its snapshot already set.
 * @param snapshot The snapshot.
 * @returns What answers requests.
 */
export function createDevHandler<State>(
  app: App<State>,
  snapshot: BuildCache<State>,
): AppHandler {
  const revision = crypto.randomUUID();
  const requests = new AsyncLocalStorage<{ error: unknown }>();
  setErrorInterceptor(app, (error) => {
    const request = requests.getStore();
    if (request !== undefined) request.error = error;
  });
  const handler = app.handler();
  return async (req, info) => {
    // As in Fresh, where a catch-all route of the development server takes
    // every path: what cannot be decoded makes the handler reject.
    const path = decodeURI(new URL(req.url).pathname);
    if (path === ALIVE_PATH) return announceRevision(revision);
    const seen = { error: null };
    const response = await requests.run(seen, () => handler(req, info));
    if (response.status < 400) return response;
    if (isPage(response)) return dropPolicy(response);
    return isShown(req, response)
      ? showError(seen.error, app.config, snapshot)
      : response;
  };
}

/** The stream stays open; when it breaks off, the browser asks again. */
function announceRevision(revision: string): Response {
  const body = new ReadableStream<string>({
    start: (controller) =>
      controller.enqueue(`retry: ${RETRY_MS}\ndata: ${revision}\n\n`),
  });
  const headers = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
  };
  return new Response(body.pipeThrough(new TextEncoderStream()), { headers });
}

function isPage({ headers }: Response): boolean {
  return headers.get("Content-Type")?.includes("text/html") === true;
}

/**
 * An app's own error page carries the overlay and the reload (see
 * build_cache.ts), but most have a policy of their own that lets neither work.
 */
function dropPolicy({ body, headers, status }: Response): Response {
  const left = new Headers(headers);
  left.delete("Content-Security-Policy");
  return new Response(body, { status, headers: left });
}

function isShown({ headers }: Request, response: Response): boolean {
  return response.status >= 500 &&
    headers.get("Accept")?.includes("text/html") === true;
}

function showError<State>(
  error: unknown,
  { basePath, root }: App<State>["config"],
  { scripts }: BuildCache<State>,
): Response {
  const html = renderErrorPage(error, root, `${basePath}${scripts.dev}`);
  const headers = { "Content-Type": "text/html; charset=utf-8" };
  return new Response(html, { status: 500, headers });
}
