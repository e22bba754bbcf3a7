/** The live view: one stream a page, that survives breaks and asks for nothing. */
import { assert, assertEquals } from "@std/assert";
import {
  ADMIN_PASSWORD,
  type RollcallProcess,
} from "../../support/rollcall_process.ts";
import { openFeed } from "../../support/feed_reader.ts";
import { openDashboard } from "./open_dashboard.ts";

const VIEWERS = 50;

/** Sends an event that only the record of events is interested in. */
async function sendEvent(rollcall: RollcallProcess, id: string): Promise<void> {
  const body = JSON.stringify({ type: "session.created", data: { id } });
  const sent = await rollcall.send(body, { id });
  await sent.body?.cancel();
  assertEquals(sent.status, 202);
}

/** Reads a stream's first message, or up to so many bytes of it. */
async function readFirst(
  { origin }: RollcallProcess,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const abort = new AbortController();
  const response = await fetch(`${origin}/api/events_stream`, {
    headers: { ...headers },
    signal: abort.signal,
  });
  let text = "";
  for await (
    const chunk of response.body!.pipeThrough(new TextDecoderStream())
  ) {
    text += chunk;
    if (/^data: /m.test(text)) break;
  }
  abort.abort();
  return text;
}

/** Passes everything on but what the interceptor of the live stream answers. */
function serveProxy(
  origin: string,
  intercept: (request: Request) => Promise<Response | null>,
) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const answer = pathname === "/api/events_stream"
        ? await intercept(request)
        : null;
      return answer ?? await fetch(origin + pathname + search, {
        method: request.method,
        headers: request.headers,
        body: request.body,
        redirect: "manual",
      });
    },
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("the live view", async (t) => {
  await using dashboard = await openDashboard();
  const { rollcall, browser } = dashboard;
  const { origin } = rollcall;
  await dashboard.seed();
  const cookie = await rollcall.signIn();

  await t.step("comes back after a break and has missed nothing", async () => {
    await using feed = await rollcall.listen();
    const lastIds: (string | null)[] = [];
    await using proxy = serveProxy(origin, async (request) => {
      lastIds.push(request.headers.get("last-event-id"));
      if (lastIds.length > 1) return null;
      // A stream that ends after its first message, and an event meanwhile.
      await sendEvent(rollcall, "msg_missed");
      await feed.recorded(["msg_missed"]);
      return new Response(
        'retry: 10\n\nid: before-the-break\ndata: {"kind":"seen"}\n\n',
        { headers: { "content-type": "text/event-stream" } },
      );
    });
    const page = await browser.newPage();
    await page.goto(`${proxy.origin}/dashboard/events`);
    await page.fill("#password", ADMIN_PASSWORD);
    await page.click("button[type=submit]");
    await page.locator(`a[href$="/msg_missed"]`).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    assertEquals(lastIds, [null, "before-the-break"]);
    assertEquals(page.errors, []);
    await page.context().close();
  });

  await t.step("tells whoever comes back that something happened", async () => {
    const first = await readFirst(rollcall, {
      cookie,
      "last-event-id": "long-ago",
    });
    assert(first.includes('{"kind":"missed"}'), first);
    const id = /^id: (.+)$/m.exec(first)?.[1] ?? "";
    const next = readFirst(rollcall, { cookie, "last-event-id": id });
    await sendEvent(rollcall, "msg_next");
    const heard = await next;
    assert(!heard.includes("missed"), "whoever has seen all is told no more");
    assert(heard.includes("msg_next"), heard);
  });

  await t.step("does not ask while nothing happens", async () => {
    // The service looks for alerts every minute: here nobody hears of it.
    const silence = new ReadableStream<Uint8Array>({
      start: (controller) =>
        controller.enqueue(new TextEncoder().encode(":\n\n")),
    });
    await using proxy = serveProxy(
      origin,
      () =>
        Promise.resolve(
          new Response(silence, {
            headers: { "content-type": "text/event-stream" },
          }),
        ),
    );
    const page = await browser.newPage();
    await page.clock.install();
    await page.goto(`${proxy.origin}/dashboard/events`);
    await page.fill("#password", ADMIN_PASSWORD);
    await page.click("button[type=submit]");
    await page.getByText("Live", { exact: true }).waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.clock.runFor(10 * 60_000);
    assertEquals(asked, []);
    await page.context().close();
  });

  await t.step(`tells ${VIEWERS} viewers of the same event`, async () => {
    await using stack = new AsyncDisposableStack();
    const feeds = [];
    for (let viewer = 0; viewer < VIEWERS; viewer++) {
      feeds.push(stack.use(await openFeed(origin, cookie)));
    }
    await sendEvent(rollcall, "msg_crowd");
    await Promise.all(feeds.map((feed) => feed.recorded(["msg_crowd"])));
  });
});
