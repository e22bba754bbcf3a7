/** What `staticFiles()` serves, and how it lets browsers keep it. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { ask, askText } from "./ask.ts";

const root = `${import.meta.dirname}/static`;
const applySnapshot = await new Builder({ root }).build({ snapshot: "memory" });

function createApp(config?: { basePath: string }): App<unknown> {
  const app = new App<unknown>(config).use(staticFiles())
    .get("/favicon.ico", () => new Response("never"))
    .fsRoutes();
  applySnapshot(app);
  return app;
}

const TYPES: [string, RegExp][] = [
  ["/style.css", /^text\/css/],
  ["/nested/page.html", /^text\/html/],
  ["/.well-known/known.txt", /^text\/plain/],
];
for (const [path, type] of TYPES) {
  Deno.test(`${path} is served with its media type`, async () => {
    const response = await ask(createApp(), path);
    assertEquals(response.status, 200);
    assertMatch(response.headers.get("Content-Type") ?? "", type);
    const body = await response.text();
    assertEquals(response.headers.get("Content-Length"), `${body.length}`);
  });
}

Deno.test("HEAD gets the headers of a file without its content", async () => {
  const response = await ask(createApp(), "/style.css", { method: "HEAD" });
  assertMatch(response.headers.get("Content-Length") ?? "", /^\d+$/);
  assertEquals(await response.text(), "");
});

Deno.test("POST to a file answers 405", async () => {
  const response = await ask(createApp(), "/style.css", { method: "POST" });
  assertEquals(response.status, 405);
});

Deno.test("a file in memory has no ETag and is not kept", async () => {
  const { headers, body } = await ask(createApp(), "/style.css");
  await body?.cancel();
  assertEquals(headers.get("ETag"), null);
  assertMatch(headers.get("Cache-Control") ?? "", /no-store/);
});

Deno.test("a file that is asked for with the mark of asset() is kept for good", async () => {
  const app = createApp();
  const page = await askText(app, "/about");
  const [, src = ""] = /src="([^"]*)"/.exec(page) ?? [];
  assertMatch(src, /^\/style\.css\?__frsh_c=/);
  const { headers, body } = await ask(app, src);
  await body?.cancel();
  assertEquals(
    headers.get("Cache-Control"),
    "public, max-age=31536000, immutable",
  );
});

Deno.test("a mark of another build leads to the plain path", async () => {
  const response = await ask(createApp(), "/style.css?__frsh_c=old&x=1");
  assertEquals(response.status, 307);
  assertEquals(response.headers.get("Location"), "/style.css?x=1");
});

Deno.test("every path of a srcset is marked", async () => {
  const page = await askText(createApp(), "/about");
  assertMatch(
    page,
    /srcset="\/style\.css\?__frsh_c=\w+ 1x, \/other\.css\?__frsh_c=\w+ 2x"/,
  );
});

Deno.test("an image with data-fresh-disable-lock is left alone", async () => {
  const page = await askText(createApp(), "/about");
  assertMatch(page, /<img src="\/plain\.png" data-fresh-disable-lock/);
});

Deno.test("of several static folders the first that has a file counts", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/style.css`, "generated");
    await Deno.writeTextFile(`${folder}/only.txt`, "only here");
    const read = async (staticDir: string[]) => {
      const apply = await new Builder({ root, staticDir })
        .build({ snapshot: "memory" });
      const app = new App().use(staticFiles());
      apply(app);
      assertEquals(await askText(app, "/only.txt"), "only here");
      return await askText(app, "/style.css");
    };
    assertEquals(await read([folder, "static"]), "generated");
    assertNotEquals(await read(["static", folder]), "generated");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("/favicon.ico without a file answers 404 before any route", async () => {
  const response = await ask(createApp(), "/favicon.ico");
  assertEquals([response.status, await response.text()], [404, ""]);
});

Deno.test("files are below the base path", async () => {
  const app = createApp({ basePath: "/admin" });
  const response = await ask(app, "/admin/style.css");
  await response.body?.cancel();
  assertEquals(response.status, 200);
});

const TRAVERSALS = [
  "/../static_files_test.ts",
  "/%2e%2e/static_files_test.ts",
  "/%252e%252e%252fstatic_files_test.ts",
  "//etc/passwd",
  "/%2fetc%2fpasswd",
  "/style.css%00.txt",
  "/nested",
  "/nested/",
  "/static/style.css",
];
for (const path of TRAVERSALS) {
  Deno.test(`${path} is not served`, async () => {
    const response = await ask(createApp(), path);
    const body = await response.text();
    assertEquals(response.status, 404);
    assert(!body.includes("root:") && !body.includes("import"));
  });
}

Deno.test("a path that is no valid UTF-8 is not served", async () => {
  assertEquals((await ask(createApp(), "/%ff.css")).status, 404);
});
