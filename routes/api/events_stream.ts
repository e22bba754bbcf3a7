/**
 * The live feed as server-sent events, one stream for each open page.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { define } from "../../lib/define.ts";
import type { LiveFeed } from "../../lib/live_feed.ts";
import { problemResponse } from "../../lib/problem.ts";
import { readSession } from "../../lib/auth/session.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const session = await readSession(ctx.req.headers, {
      secret: services.sessionSecret,
      now: services.clock.now(),
    });
    if (session === null) {
      return problemResponse({
        status: 401,
        code: "not-signed-in",
        detail: "Cannot open the live feed: nobody is signed in",
      });
    }
    return new Response(streamFeed(services.feed), {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
      },
    });
  },
});

function streamFeed(feed: LiveFeed): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let subscription: Disposable | undefined;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode("retry: 2000\n\n"));
      subscription = feed.subscribe({
        next(message) {
          // A reader that does not keep up misses hints; the store has the truth.
          if ((controller.desiredSize ?? 0) < -MAX_BEHIND) return;
          const data = JSON.stringify(message);
          controller.enqueue(
            encoder.encode(`id: ${message.at}\ndata: ${data}\n\n`),
          );
        },
        end: () => controller.close(),
      });
    },
    cancel() {
      subscription?.[Symbol.dispose]();
    },
  });
}

/** Messages that may wait for one slow reader. */
const MAX_BEHIND = 1_000;
