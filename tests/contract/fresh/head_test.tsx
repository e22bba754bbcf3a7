/** What `<Head>` puts into the document, and what it replaces. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ComponentChildren } from "preact";
import { App, type PageProps } from "fresh";
import { Head } from "fresh/runtime";
import { askText } from "./ask.ts";

function Wrapper({ Component }: PageProps) {
  return (
    <html>
      <head>
        <meta charset="utf-8" />
        <title>Wrapper</title>
        <meta name="description" content="wrapper" />
        <link rel="stylesheet" href="/wrapper.css" />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
}

/** The document's head when a page puts these elements into `<Head>`. */
async function readHead(
  children: ComponentChildren,
  wrapper: typeof Wrapper | null = Wrapper,
): Promise<string> {
  const app = new App<unknown>();
  if (wrapper !== null) app.appWrapper(wrapper);
  app.route("/", {
    component: () => (
      <main>
        <Head>{children}</Head>
      </main>
    ),
  });
  const html = await askText(app, "/");
  assertStringIncludes(html, "<main></main>");
  const [, head = ""] = /<head>([^]*)<\/head>/.exec(html) ?? [];
  return head;
}

Deno.test("Head replaces the wrapper's title", async () => {
  const head = await readHead(<title>Page</title>);
  assertStringIncludes(head, "<title>Page</title>");
  assertEquals(head.includes("Wrapper"), false);
});

Deno.test("Head replaces a meta element with the same name", async () => {
  const head = await readHead(<meta name="description" content="page" />);
  assertMatch(head, /<meta name="description" content="page"\/>/);
  assertEquals(head.includes('content="wrapper"'), false);
});

Deno.test("Head adds what the wrapper does not have", async () => {
  const head = await readHead(<meta name="robots" content="none" />);
  assertMatch(head, /wrapper\.css"\/><meta name="robots" content="none"\/>$/);
});

Deno.test("a stylesheet in Head replaces the wrapper's", async () => {
  const head = await readHead(<link rel="stylesheet" href="/page.css" />);
  assertStringIncludes(head, "/page.css");
  assertEquals(head.includes("/wrapper.css"), false);
});

Deno.test("a stylesheet in Head with a key is added", async () => {
  const head = await readHead([
    <link key="a" rel="stylesheet" href="/a.css" />,
    <link key="b" rel="stylesheet" href="/b.css" />,
  ]);
  assertMatch(head, /wrapper\.css.*\/a\.css.*\/b\.css/);
  assertStringIncludes(head, 'data-key="a"');
});

Deno.test("of two stylesheets in Head without keys the second stays", async () => {
  const first = <link rel="stylesheet" href="/a.css" />;
  const second = <link rel="stylesheet" href="/b.css" />;
  const head = await readHead([first, second]);
  assertEquals(head.includes("/a.css"), false);
  assertStringIncludes(head, "/b.css");
});

Deno.test("of two elements in Head with one key the second stays", async () => {
  const head = await readHead([
    <meta key="k" name="a" content="1" />,
    <meta key="k" name="a" content="2" />,
  ]);
  assertEquals(head.match(/name="a"/g)?.length, 1);
  assertStringIncludes(head, 'content="2"');
});

Deno.test("Head works without an app wrapper", async () => {
  const head = await readHead(<title>Page</title>, null);
  assertEquals(head, '<meta charset="utf-8"/><title>Page</title>');
});

Deno.test("Head comes too late on a page that renders the document itself", async () => {
  const app = new App().route("/", {
    component: () => (
      <html>
        <head></head>
        <body>
          <Head>
            <title>Late</title>
          </Head>
        </body>
      </html>
    ),
  });
  assertEquals((await askText(app, "/")).includes("Late"), false);
});

Deno.test("Head leaves other elements where they are", async () => {
  const app = new App().route("/", {
    component: () => (
      <main>
        <Head>
          <p>stays</p>
        </Head>
      </main>
    ),
  });
  assertStringIncludes(await askText(app, "/"), "<main><p>stays</p></main>");
});

Deno.test("Head escapes what it is given", async () => {
  const head = await readHead(<title>{"</title><script>"}</title>);
  assertStringIncludes(head, "<title>&lt;/title>&lt;script></title>");
});
