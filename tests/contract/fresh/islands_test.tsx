/** What the server writes for islands, and what it refuses to send. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { App, type PageProps } from "fresh";
import { Builder } from "fresh/dev";
import { ask, askText, muteConsole, readBody } from "./ask.ts";
import { Deep } from "./file_routes/islands/unused/Deep.tsx";
import { Outer } from "./islands/islands/Outer.tsx";
import Show from "./islands/islands/Show.tsx";
import { One, Two } from "./islands/islands/two.tsx";

const root = `${import.meta.dirname}/islands`;
const applySnapshot = await new Builder({ root }).build({ snapshot: "memory" });

function createApp(render: () => ComponentChild): App<unknown> {
  const app = new App<unknown>().route("/", {
    component: () => <>{render()}</>,
  });
  applySnapshot(app);
  return app;
}

function readScript(html: string): string {
  const [, script = ""] = /<script type="module"[^>]*>([^]*?)<\/script>/
    .exec(html) ?? [];
  return script;
}

Deno.test("a page without islands has no script and no Link header", async () => {
  const response = await ask(createApp(() => <p>plain</p>), "/");
  assertEquals(response.headers.get("Link"), null);
  assertEquals((await response.text()).includes("<script"), false);
});

Deno.test("an island is rendered between markers", async () => {
  const body = readBody(await askText(createApp(() => <Show a={1} />), "/"));
  assertEquals(
    body,
    "<!--frsh:island:Show:0:--><div></div><!--/frsh:island-->",
  );
});

Deno.test("the scripts of a page's islands are announced", async () => {
  const response = await ask(createApp(() => <Show />), "/");
  assertMatch(
    response.headers.get("Link") ?? "",
    /^<\/_fresh\/js\/\w+\/fresh-runtime\.js>; rel="modulepreload"; as="script", <\/_fresh\/js\/\w+\/Show\.js>; rel="modulepreload"; as="script"$/,
  );
  const script = readScript(await response.text());
  assertMatch(script, /boot\(/);
  assertMatch(script, /\/Show\.js"/);
});

Deno.test("named exports are islands too", async () => {
  const body = readBody(
    await askText(
      createApp(() => (
        <>
          <One />
          <Two />
        </>
      )),
      "/",
    ),
  );
  assertMatch(body, /frsh:island:One:0:.*frsh:island:Two:1:/);
});

const DEEP = `${import.meta.dirname}/file_routes/islands/unused/Deep.tsx`;
for (const specifier of [DEEP, `file://${DEEP}`]) {
  Deno.test(`an island elsewhere is registered by ${specifier.slice(0, 5)}`, async () => {
    const builder = new Builder({ root });
    builder.registerIsland(specifier);
    const app = new App().route("/", { component: () => <Deep /> });
    (await builder.build({ snapshot: "memory" }))(app);
    assertMatch(await askText(app, "/"), /<!--frsh:island:Deep:0:-->/);
  });
}

Deno.test("an island file that the Builder is to ignore is a plain component", async () => {
  const builder = new Builder({ root, ignore: [/two\.tsx$/] });
  const app = new App().route("/", { component: () => <One /> });
  (await builder.build({ snapshot: "memory" }))(app);
  assertEquals(readBody(await askText(app, "/")), "<i>1</i>");
});

Deno.test("an island inside an island's own code is not marked", async () => {
  const body = readBody(await askText(createApp(() => <Outer />), "/"));
  assertEquals(
    body,
    "<!--frsh:island:Outer:0:--><section><div></div></section><!--/frsh:island-->",
  );
});

Deno.test("JSX children are marked, and islands in them", async () => {
  const page = () => (
    <Show>
      <p>
        <One />
      </p>
    </Show>
  );
  assertEquals(
    readBody(await askText(createApp(page), "/")),
    "<!--frsh:island:Show:0:--><div><!--frsh:slot:0:children--><p>" +
      "<!--frsh:island:One:1:--><i>1</i><!--/frsh:island-->" +
      "</p><!--/frsh:slot--></div><!--/frsh:island-->",
  );
});

Deno.test("JSX that an island does not show is kept in a template", async () => {
  const html = await askText(
    createApp(() => <Show other={<b>kept</b>} />),
    "/",
  );
  assertMatch(
    html,
    /<template id="frsh-0-other"[^>]*><b>kept<\/b><\/template>/,
  );
});

Deno.test("an island in the app wrapper works like any other", async () => {
  const app = new App<unknown>()
    .appWrapper(({ Component }: PageProps) => (
      <html>
        <head></head>
        <body>
          <One />
          <Component />
        </body>
      </html>
    ))
    .route("/", { component: () => <Two /> });
  applySnapshot(app);
  assertMatch(
    readBody(await askText(app, "/")),
    /frsh:island:One:1:-->.*frsh:island:Two:0:-->/,
  );
});

const REFUSED: [string, unknown][] = [
  ["a function", () => 1],
  ["a function inside an object", { on: () => 1 }],
];
for (const [what, value] of REFUSED) {
  Deno.test(`${what} as an island's prop answers 500`, async () => {
    using _mute = muteConsole();
    const app = createApp(() => <Show value={value} />);
    assertEquals((await ask(app, "/")).status, 500);
  });
}

class Point {
  constructor(readonly x: number) {}
}
/** Lists in lists. */
function nest(depth: number): unknown {
  return depth === 0 ? [] : [nest(depth - 1)];
}
const ring: { self?: unknown } = {};
ring.self = ring;
const ACCEPTED: [string, unknown][] = [
  ["a date", new Date(0)],
  ["a map", new Map([["a", { b: 1 }]])],
  ["a set", new Set([1])],
  ["a big integer", 12345678901234567890n],
  ["undefined", undefined],
  ["a URL", new URL("https://a.example/")],
  ["a ring", ring],
  ["bytes", new Uint8Array([1, 2])],
  ["infinity", -Infinity],
  ["a signal", signal([1])],
  ["a pattern", /a\/<b/gi],
  ["what is no number", NaN],
  ["minus zero", -0],
  ["a list with gaps", [1, , 3]],
  ["an instant", Temporal.Instant.from("2026-01-01T00:00Z")],
  ["an instance of a class", new Point(1)],
  ["a key that names the prototype", JSON.parse('{"__proto__":{"a":1}}')],
  ["a megabyte of text", "<".repeat(2 ** 20)],
  ["a list in a list, 500 deep", nest(500)],
  ["a symbol as a key", { [Symbol("key")]: 1, a: 2 }],
];
for (const [what, value] of ACCEPTED) {
  Deno.test(`${what} may be an island's prop`, async () => {
    const app = createApp(() => <Show value={value} />);
    assertEquals((await ask(app, "/")).status, 200);
  });
}

const ESCAPES = [
  "</script><script>alert(1)</script>",
  "<!--<script>",
  "</SCRIPT >",
  "\u2028\u2029",
  '"); alert(1); ("',
  "\\",
];
for (const text of ESCAPES) {
  Deno.test(`${JSON.stringify(text)} in props does not end the script`, async () => {
    const html = await askText(createApp(() => <Show text={text} />), "/");
    assertEquals(html.match(/<\/script/gi)?.length, 1);
    const script = readScript(html);
    assertEquals(script.includes("<!--"), false);
    // What follows the imports has to be one call with one literal in it.
    const call = script.slice(script.indexOf("boot({")).replace(/;$/, "");
    assertMatch(call, /^boot\(\{[^}]*\},"(?:[^"\\\n]|\\.)*"\)$/);
  });
}

Deno.test("a key that ends a comment does not break out of the marker", async () => {
  const html = await askText(
    createApp(() => <Show key="--><script>alert(1)</script>" />),
    "/",
  );
  assertEquals(html.match(/<script/g)?.length, 1);
});

Deno.test("the island script has the nonce of the page", async () => {
  const html = await askText(createApp(() => <Show />), "/");
  assertMatch(html, /<script type="module" nonce="\w{32}">/);
});

Deno.test("scripts are below the base path", async () => {
  const app = new App<unknown>({ basePath: "/admin" })
    .route("/", { component: () => <Show /> });
  applySnapshot(app);
  assertStringIncludes(await askText(app, "/admin"), '"/admin/_fresh/js/');
});
