/**
 * What packages/fresh does otherwise than Fresh 2.3.3, one test for each line of
 * "Differences" in its README. On Fresh itself these tests fail, as do those of
 * left_out_test.tsx; all others beside this file hold there too.
 */
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { ask, askText, muteConsole, readBody } from "./ask.ts";
import Show from "./islands/islands/Show.tsx";

const root = `${import.meta.dirname}/islands`;
const applySnapshot = await new Builder({ root }).build({ snapshot: "memory" });

Deno.test("a function among an island's props is named in the error", async () => {
  let message = "";
  const app = new App()
    .onError("*", (ctx) => {
      message = String(ctx.error);
      return new Response(null, { status: 500 });
    })
    .get("/", (ctx) => ctx.render(<Show value={{ deep: [() => {}] }} />));
  applySnapshot(app);
  await ask(app, "/");
  assertMatch(message, /Cannot pass prop "value\.deep\[0\]" to Show/);
});

Deno.test("a typed array among an island's props keeps its class", async () => {
  const app = new App().get(
    "/",
    (ctx) => ctx.render(<Show value={new Uint16Array([7])} />),
  );
  applySnapshot(app);
  assertStringIncludes(await askText(app, "/"), "Uint16Array");
});

const REFUSED: [string, unknown][] = [
  ["a symbol", Symbol("x")],
  ["a promise", Promise.resolve(1)],
  ["an error", new Error("x")],
  ["headers", new Headers()],
];
for (const [what, value] of REFUSED) {
  Deno.test(`${what} among an island's props answers 500`, async () => {
    using _mute = muteConsole();
    const app = new App().get("/", (ctx) => ctx.render(<Show value={value} />));
    applySnapshot(app);
    assertEquals((await ask(app, "/")).status, 500);
  });
}

Deno.test("the key of an island is encoded in its marker", async () => {
  const app = new App().get("/", (ctx) => ctx.render(<Show key="a:-->" />));
  applySnapshot(app);
  assertStringIncludes(
    readBody(await askText(app, "/")),
    "<!--frsh:island:Show:0:a%3A--%3E-->",
  );
});

const HIDDEN_PATHS = [
  "/..%2fask.ts",
  "/%2e%2e%2fask.ts",
  "/..%5cask.ts",
  "/nested/..%2f..%2f..%2fask.ts",
  "/....//etc/passwd",
  "/.hidden",
  "/%2ehidden",
];

Deno.test("names that begin with a dot answer 404 from a snapshot in memory", async () => {
  const app = await serveFolder(`${import.meta.dirname}/static/static`);
  for (const path of HIDDEN_PATHS) {
    assertEquals((await ask(app, path)).status, 404, path);
  }
});

Deno.test("links in the static folder are not followed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink(`${root}/islands/two.tsx`, `${folder}/link.tsx`);
    await Deno.symlink(root, `${folder}/up`);
    const app = await serveFolder(folder);
    for (const path of ["/link.tsx", "/up/islands/two.tsx"]) {
      assertEquals((await ask(app, path)).status, 404, path);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("media types of static files are those of hono", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const types = {
      "a.css": "text/css; charset=utf-8",
      "a.svg": "image/svg+xml; charset=utf-8",
      "a.json": "application/json",
      "a.ico": "image/x-icon",
      "a.md": "text/plain; charset=utf-8",
    };
    for (const name of Object.keys(types)) {
      await Deno.writeTextFile(`${folder}/${name}`, "a");
    }
    const app = await serveFolder(folder);
    for (const [name, type] of Object.entries(types)) {
      const response = await ask(app, `/${name}`);
      await response.body?.cancel();
      assertEquals(response.headers.get("Content-Type"), type);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a _500 file counts for its own folder", async () => {
  const routeDir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${routeDir}/a`);
    await Deno.writeTextFile(
      `${routeDir}/a/_500.ts`,
      'export const handler = () => new Response("500 of a");',
    );
    const apply = await new Builder({ root, routeDir })
      .build({ snapshot: "memory" });
    const app = new App().fsRoutes().get("/a/b", fail).get("/b", fail);
    apply(app);
    using _mute = muteConsole();
    assertEquals(await askText(app, "/a/b"), "500 of a");
    assertEquals(await askText(app, "/b"), "Internal server error");
  } finally {
    await Deno.remove(routeDir, { recursive: true });
  }
});

Deno.test("errors that Fresh words its own way begin with Cannot", async () => {
  using _ = muteConsole();
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/deno.json`, "{}");
    await assertRejects(
      () => new Builder({ root }).build(),
      Error,
      "Cannot ",
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

function fail(): never {
  throw new Error("broken");
}

async function serveFolder(staticDir: string): Promise<App<unknown>> {
  const apply = await new Builder({ root, staticDir })
    .build({ snapshot: "memory" });
  const app = new App<unknown>().use(staticFiles());
  apply(app);
  return app;
}
