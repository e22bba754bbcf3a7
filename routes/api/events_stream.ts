/**
 * The live feed as server-sent events, one stream for each open page.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { define } from "../../lib/define.ts";
import type { LiveFeed } from "../../lib/live_feed.ts";
import { problemResponse } from "../../lib/problem.ts";
import { readCurrentSession } from "../(_session)/read_current_session.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const session = await readCurrentSession(services, ctx.req.headers);
    if (session === null) {
      return problemResponse({
        status: 401,
        code: "not-signed-in",
        detail: "Cannot open the live feed: nobody is signed in",
      });
    }
    // A browser that comes back names the last message that it heard itself.
    const seen = ctx.req.headers.get("last-event-id") ??
      ctx.url.searchParams.get("since");
    return new Response(streamFeed(services.feed, seen), {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
      },
    });
  },
});

/** Begins with a message for whoever has seen another state than the present. */
function streamFeed(
  feed: LiveFeed,
  seen: string | null,
): ReadableStream<Uint8Array> {
  let subscription: Disposable | undefined;
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  return new ReadableStream({
    start(controller) {
      send(controller, "retry: 2000\n\n");
      heartbeat = setInterval(
        () => send(controller, ":\n\n"),
        HEARTBEAT_MS,
      );
      subscription = feed.subscribe({
        next(message) {
          const data = JSON.stringify(message);
          send(controller, `id: ${feed.position}\ndata: ${data}\n\n`);
        },
        end() {
          clearInterval(heartbeat);
          controller.close();
        },
      });
      if (seen !== null && seen !== feed.position) {
        send(controller, `id: ${feed.position}\ndata: {"kind":"missed"}\n\n`);
      }
    },
    cancel() {
      clearInterval(heartbeat);
      subscription?.[Symbol.dispose]();
    },
  });
}

const encoder = new TextEncoder();

/** A reader that does not keep up misses hints; the store has the truth. */
function send(
  controller: ReadableStreamDefaultController<Uint8Array>,
  text: string,
): void {
  if ((controller.desiredSize ?? 0) < -MAX_BEHIND) return;
  controller.enqueue(encoder.encode(text));
}

/** Messages that may wait for one slow reader. */
const MAX_BEHIND = 1_000;

/** Proxies close a silent connection, many after 60 s. */
const HEARTBEAT_MS = 25_000;
