/**
 * Requests that no browser sends: none of them crashes or hangs the process.
 *
 * Fresh's handler rejects when a parameter is not properly percent-encoded, and
 * only then; Deno turns that into a 500. The application answers 400 before.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { App, csp, csrf, staticFiles, trailingSlashes } from "fresh";
import { Builder } from "fresh/dev";
import { muteConsole } from "./ask.ts";

const app = new App()
  .use(csp({ useNonce: true }))
  .use(csrf())
  .use(trailingSlashes("never"))
  .use(staticFiles())
  .get("/:id/x", (ctx) => new Response(ctx.params.id ?? ""))
  .get("/files/:path*", (ctx) => new Response(ctx.params.path ?? ""))
  .fsRoutes();
const applySnapshot = await new Builder({
  root: `${import.meta.dirname}/file_routes`,
}).build({ snapshot: "memory" });
applySnapshot(app);

const PIECES = [
  "/",
  "..",
  "%2e",
  "%2f",
  "%5c",
  "%",
  "%zz",
  "%ff",
  "%00",
  "%c3%28",
  "%ed%a0%80",
  "\\",
  ";",
  "?",
  "#",
  "&__frsh_c=",
  "?fresh-partial=true",
  "[id]",
  "(group)",
  "{",
  "*",
  ":",
  "+",
  "x",
  "files",
  "users",
  "é",
  "\u202e",
  "😀",
  " ",
];
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"];
const RUNS = 1500;

Deno.test("handler() answers every path, or rejects with a URIError", async () => {
  using _ = muteConsole();
  const handler = app.handler();
  const path = fc.array(
    fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "grapheme" })),
    { maxLength: 8 },
  ).map((pieces) => `http://localhost/${pieces.join("")}`)
    .filter((url) => URL.canParse(url));
  const method = fc.constantFrom(...METHODS);
  const headers = fc.constantFrom<Record<string, string>>(
    {},
    { Origin: "null" },
    { Origin: "not a URL", "Sec-Fetch-Site": "cross-site" },
    { "If-None-Match": 'W/"x"' },
  );
  await fc.assert(
    fc.asyncProperty(path, method, headers, async (url, method, headers) => {
      const request = new Request(url, { method, headers });
      const status = await answer(() => handler(request));
      assert(status === "URIError" || status >= 200 && status < 600);
    }),
    { numRuns: RUNS },
  );
});

const RAW_TARGETS = [
  "/%/x",
  "/%ff/x",
  "/%c3%28/x",
  "/files/%zz",
  "/%00",
  "//",
  "/\\..\\..",
  `/${"a/".repeat(4000)}`,
  `/${"%2e%2e%2f".repeat(500)}`,
  "*",
  "http://[::1",
];

Deno.test("a server goes on after each malformed request line", async () => {
  using _ = muteConsole();
  const options = {
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  };
  await using server = Deno.serve(options, app.handler());
  for (const target of RAW_TARGETS) {
    const answer = await sendRaw(server.addr.port, target);
    assert(/^HTTP\/1\.1 [2345]\d\d /.test(answer) || answer === "", answer);
  }
  assertMatch(await sendRaw(server.addr.port, "/about"), /^HTTP\/1\.1 200 /);
  // No URL at all: the handler rejects.
  assertMatch(
    await sendRaw(server.addr.port, "http://[::1"),
    /^HTTP\/1\.1 500 /,
  );
});

Deno.test("a parameter that is not properly encoded makes handler() reject", async () => {
  const request = new Request("http://localhost/%ff/x");
  assertEquals(await answer(() => app.handler()(request)), "URIError");
});

async function answer(
  ask: () => Promise<Response>,
): Promise<number | "URIError"> {
  try {
    const response = await ask();
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    if (error instanceof URIError) return "URIError";
    throw error;
  }
}

/** Speaks HTTP by hand: `fetch()` would mend the target. */
async function sendRaw(port: number, target: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = `GET ${target} HTTP/1.1\r\nHost: localhost\r\n`;
  const request = `${head}Connection: close\r\n\r\n`;
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(request));
  writer.releaseLock();
  return await new Response(connection.readable).text();
}
