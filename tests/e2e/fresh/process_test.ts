/** What follows from the process itself: environment, ports, compiler options. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { copyApp } from "./copy_app.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
/** What the build id follows; empty is as good as not set. */
const NO_BUILD = { DENO_DEPLOYMENT_ID: "", GITHUB_SHA: "", CI_COMMIT_SHA: "" };

async function run(
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: options.cwd ?? ROOT,
    env: { ...NO_BUILD, NO_COLOR: "1", ...options.env },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

const MARK = 'import { asset } from "fresh/runtime"; console.log(asset("/a"));';

Deno.test("asset() marks follow the deployment, then the commit, else chance", async () => {
  const mark = (env: Record<string, string>) => run(["eval", MARK], { env });
  const [deployment, github, ci, none, again] = await Promise.all([
    mark({ DENO_DEPLOYMENT_ID: "x", GITHUB_SHA: "y", CI_COMMIT_SHA: "z" }),
    mark({ GITHUB_SHA: "x", CI_COMMIT_SHA: "z" }),
    mark({ CI_COMMIT_SHA: "x" }),
    mark({}),
    mark({}),
  ]);
  // SHA-1 of the letter x.
  assertEquals(
    deployment,
    "/a?__frsh_c=11f6ad8ec52a2984abaafd7c3b516503785c2072",
  );
  assertEquals([github, ci], [deployment, deployment]);
  assertMatch(none ?? "", /^\/a\?__frsh_c=[0-9a-f]{40}$/);
  assertNotEquals(none, again);
});

const LISTEN = `import { App } from "fresh";
  await new App().get("/", () => new Response("here"))
    .listen({ hostname: "127.0.0.1", port: 0 });`;
const LISTENERS: [string, string[]][] = [
  ["app.listen()", ["eval", LISTEN]],
  ["builder.listen()", [
    "run",
    "-A",
    "tests/e2e/fresh/app/dev.ts",
    "listen",
    "0",
  ]],
];
for (const [name, args] of LISTENERS) {
  Deno.test(`${name} with port 0 takes the first free one from 8000 on`, async () => {
    const process = new Deno.Command(Deno.execPath(), {
      args,
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    try {
      const port = Number(await readPort(process.stdout));
      assert(port >= 8000 && port < 8020, `${port}`);
      const response = await fetch(`http://127.0.0.1:${port}/`);
      await response.body?.cancel();
      assertEquals(response.status, 200);
    } finally {
      process.kill("SIGKILL");
      await process.status;
    }
  });
}

async function readPort(stdout: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    if (port !== undefined) return port;
  }
  throw new Error(`Cannot read port: it printed ${text}`);
}

/** Elements that Fresh tells projects with precompiled JSX to leave out. */
const SKIPPED = [
  "a",
  "img",
  "source",
  "body",
  "html",
  "head",
  "title",
  "meta",
  "script",
  "link",
  "style",
  "base",
  "noscript",
  "template",
];

Deno.test("an app whose JSX is precompiled renders the same pages", async () => {
  const folder = await copyApp({
    jsx: "precompile",
    jsxPrecompileSkipElements: SKIPPED,
  });
  try {
    await run(["run", "-A", "dev.ts", "build"], { cwd: folder });
    const server = await Deno.readTextFile(`${folder}/_fresh/server.js`);
    assertStringIncludes(server, 'from "fresh/internal"');
    const ask = (path: string) =>
      run([
        "eval",
        `import server from "./_fresh/server.js";
        const request = new Request("http://localhost${path}");
        console.log(await (await server.fetch(request)).text());`,
      ], { cwd: folder });
    assertMatch(
      await ask("/small"),
      /<!--frsh:island:SmallCounter:0:--><button type="button" id="small" ?>1<\/button><!--\/frsh:island-->/,
    );
    assertMatch(
      await ask("/"),
      /<img src="\/logo\.svg\?__frsh_c=\w+" alt="Logo"\/?>/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
