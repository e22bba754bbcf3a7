/** `csp()`, `csrf()`, `trailingSlashes()`, and the nonce of a page. */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { App, csp, type CSPOptions, csrf, trailingSlashes } from "fresh";
import { ask, askText } from "./ask.ts";

const ok = () => new Response("ok");
const HEADER = "Content-Security-Policy";

async function readPolicy(options?: CSPOptions): Promise<string> {
  const app = new App().use(csp(options)).get("/", ok);
  return (await ask(app, "/")).headers.get(HEADER) ?? "";
}

Deno.test("csp() sets a policy for the app's own origin", async () => {
  assertEquals(
    await readPolicy(),
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
      "font-src 'self'; img-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; " +
      "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; " +
      "frame-ancestors 'none'; upgrade-insecure-requests",
  );
});

Deno.test("csp() takes directives that replace or add to the default", async () => {
  const policy = await readPolicy({
    csp: ["img-src 'self' https://img.example", "manifest-src 'self'"],
  });
  assertMatch(policy, /img-src 'self' https:\/\/img\.example; manifest-src/);
  assertEquals(policy.match(/img-src/g)?.length, 1);
});

Deno.test("csp() can report, and only report", async () => {
  const app = new App().use(csp({ reportOnly: true, reportTo: "/report" }))
    .get("/", ok);
  const { headers } = await ask(app, "/");
  assertEquals(headers.get(HEADER), null);
  assertMatch(
    headers.get(`${HEADER}-Report-Only`) ?? "",
    /report-to csp-endpoint; report-uri \/report$/,
  );
  assertEquals(
    headers.get("Reporting-Endpoints"),
    'csp-endpoint="/report"',
  );
});

Deno.test("csp() with a nonce allows the page's own scripts and styles", async () => {
  const app = new App().use(csp({ useNonce: true })).route("/", {
    component: () => (
      <>
        <script>1</script>
        <style>{"p{}"}</style>
      </>
    ),
  });
  const response = await ask(app, "/");
  const policy = response.headers.get(HEADER) ?? "";
  const [, nonce = ""] = /script-src 'self' 'nonce-(\w+)';/.exec(policy) ?? [];
  assertMatch(nonce, /^\w{32}$/);
  assertMatch(policy, new RegExp(`style-src 'self' 'nonce-${nonce}'`));
  const html = await response.text();
  assertMatch(html, new RegExp(`<script nonce="${nonce}">1</script>`));
  assertMatch(html, new RegExp(`<style nonce="${nonce}">`));
});

Deno.test("an async page's scripts have the nonce too", async () => {
  const app = new App().route("/", {
    component: async () => {
      await Promise.resolve();
      return <script>1</script>;
    },
  });
  assertMatch(await askText(app, "/"), /<script nonce="\w{32}">/);
});

Deno.test("every page has a nonce of its own", async () => {
  const app = new App().use(csp({ useNonce: true }))
    .get("/", (ctx) => ctx.render(<p />));
  const read = async () => (await ask(app, "/")).headers.get(HEADER);
  assertNotEquals(await read(), await read());
});

Deno.test("an answer that was not rendered keeps 'unsafe-inline'", async () => {
  assertMatch(await readPolicy({ useNonce: true }), /'unsafe-inline'/);
});

const FORGED: [Record<string, string>, number][] = [
  [{ "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" }, 403],
  [{ "Sec-Fetch-Site": "same-site", Origin: "https://a.localhost" }, 403],
  [{ "Sec-Fetch-Site": "cross-site" }, 403],
  [{ Origin: "https://evil.example" }, 403],
  [{ Origin: "null" }, 403],
  [{ "Sec-Fetch-Site": "same-origin" }, 200],
  [{ "Sec-Fetch-Site": "none" }, 200],
  [{ Origin: "http://localhost" }, 200],
  [{}, 200],
];
for (const [headers, status] of FORGED) {
  Deno.test(`csrf() answers ${status} to POST with ${JSON.stringify(headers)}`, async () => {
    const app = new App().use(csrf()).post("/", ok);
    const response = await ask(app, "/", { method: "POST", headers });
    assertEquals(response.status, status);
  });
}

Deno.test("csrf() lets GET pass from anywhere", async () => {
  const app = new App().use(csrf()).get("/", ok);
  const headers = { "Sec-Fetch-Site": "cross-site" };
  assertEquals((await ask(app, "/", { headers })).status, 200);
});

const ORIGINS = [
  "https://a.example",
  ["https://b.example", "https://a.example"],
  (origin: string) => origin.endsWith("a.example"),
];
for (const origin of ORIGINS) {
  Deno.test(`csrf() trusts ${origin} when told so`, async () => {
    const app = new App().use(csrf({ origin })).post("/", ok);
    const send = async (from: string) =>
      (await ask(app, "/", { method: "POST", headers: { Origin: from } }))
        .status;
    assertEquals(await send("https://a.example"), 200);
    assertEquals(await send("https://c.example"), 403);
  });
}

const SLASHES: ["always" | "never", string, string | null][] = [
  ["always", "/a", "/a/"],
  ["always", "/a?x=1", "/a/?x=1"],
  ["always", "/a/", null],
  ["never", "/a/", "/a"],
  ["never", "/a/?x=1", "/a?x=1"],
  ["never", "/a", null],
  ["never", "/", null],
  ["always", "/", null],
];
for (const [mode, path, location] of SLASHES) {
  Deno.test(`trailingSlashes("${mode}") leads ${path} to ${location}`, async () => {
    const app = new App().use(trailingSlashes(mode)).get("/a", ok).get("/", ok);
    const response = await ask(app, path);
    assertEquals(response.headers.get("Location"), location);
    assertEquals(response.status, location === null ? 200 : 302);
  });
}
