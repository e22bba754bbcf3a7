/** Which handler answers which request. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { App, HttpError } from "fresh";
import { ask, askText, muteConsole } from "./ask.ts";

const ok = () => new Response("ok");

const METHODS = ["get", "post", "put", "patch", "delete", "head"] as const;
for (const method of METHODS) {
  Deno.test(`app.${method}() answers its own method and 405 to another`, async () => {
    using _mute = muteConsole();
    const app = new App()[method]("/", ok);
    const own = await ask(app, "/", { method: method.toUpperCase() });
    const other = await ask(app, "/", {
      method: method === "put" ? "DELETE" : "PUT",
    });
    assertEquals([own.status, other.status], [200, 405]);
  });
}

Deno.test("app.all() answers every method", async () => {
  const app = new App().all("/", ok);
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    assertEquals((await ask(app, "/", { method })).status, 200);
  }
});

Deno.test("app.get() answers HEAD without a body", async () => {
  const app = new App().get(
    "/",
    () => new Response("ok", { headers: { "X-Seen": "1" } }),
  );
  const response = await ask(app, "/", { method: "HEAD" });
  assertEquals(response.headers.get("X-Seen"), "1");
  assertEquals(response.body, null);
});

Deno.test("OPTIONS lists the methods of a path", async () => {
  const app = new App().get("/", ok).post("/", ok);
  const response = await ask(app, "/", { method: "OPTIONS" });
  assertEquals(response.status, 204);
  assertEquals(response.headers.get("Allow"), "GET, POST");
});

Deno.test("OPTIONS lists the methods of a route as it has them", async () => {
  const app = new App().route("/", {
    handler: { POST: ok },
    component: () => null,
  });
  const response = await ask(app, "/", { method: "OPTIONS" });
  assertEquals(response.headers.get("Allow"), "POST, GET");
});

Deno.test("a method that no route can have answers 500, past the middlewares", async () => {
  using _mute = muteConsole();
  let seen = 0;
  const app = new App()
    .use((ctx) => {
      seen++;
      return ctx.next();
    })
    .all("/", ok);
  assertEquals((await ask(app, "/", { method: "BREW" })).status, 500);
  assertEquals(seen, 0);
  assertEquals((await ask(app, "/x", { method: "BREW" })).status, 404);
});

Deno.test("a path that nobody registered answers 404", async () => {
  const response = await ask(new App().get("/a", ok), "/b");
  assertEquals([response.status, await response.text()], [404, "Not Found"]);
});

const PATTERNS: [string, string, Record<string, string> | null][] = [
  ["/users/:id", "/users/7", { id: "7" }],
  ["/users/:id", "/users", null],
  ["/users/:id", "/users/7/more", null],
  ["/:a/x/:b", "/1/x/2", { a: "1", b: "2" }],
  ["/files/:path*", "/files/a/b", { path: "a/b" }],
  ["/files/:path*", "/files", { path: "" }],
  ["/books{/:page}?", "/books", { page: "" }],
  ["/books{/:page}?", "/books/2", { page: "2" }],
  ["/n/:id(\\d+)", "/n/12", { id: "12" }],
  ["/n/:id(\\d+)", "/n/x", null],
  ["/any/*", "/any/a/b", { 0: "a/b" }],
  ["/:id", "/caf%C3%A9", { id: "café" }],
  ["/:id", "/a%2Fb", { id: "a%2Fb" }],
];
for (const [pattern, path, params] of PATTERNS) {
  Deno.test(`pattern ${pattern} gives ${JSON.stringify(params)} for ${path}`, async () => {
    const app = new App().get(pattern, (ctx) => ctx.json(ctx.params));
    const response = await ask(app, path);
    if (params === null) assertEquals(response.status, 404);
    else assertEquals(await response.json(), params);
  });
}

Deno.test("a fixed path goes before a pattern that was added first", async () => {
  const app = new App().get("/:id", () => new Response("pattern"))
    .get("/a", () => new Response("fixed"));
  assertEquals(await askText(app, "/a"), "fixed");
});

Deno.test("of two patterns that fit the first one answers", async () => {
  const app = new App().get("/:a", () => new Response("first"))
    .get("/:b", () => new Response("second"));
  assertEquals(await askText(app, "/x"), "first");
});

Deno.test("of two handlers of one path the first one answers", async () => {
  const app = new App().get("/", () => new Response("first"))
    .get("/", () => new Response("second"));
  assertEquals(await askText(app, "/"), "first");
});

Deno.test("a slash at the end does not matter to a fixed path", async () => {
  const app = new App().get("/a", ok).get("/b/", ok);
  assertEquals((await ask(app, "/a/")).status, 200);
  assertEquals((await ask(app, "/b")).status, 200);
});

Deno.test("ctx.route is the pattern, and null for an unknown path", async () => {
  const app = new App()
    .use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("X-Route", String(ctx.route));
      return response;
    })
    .get("/users/:id", ok)
    .get("*", ok);
  const known = await ask(app, "/users/1");
  assertEquals(known.headers.get("X-Route"), "/users/:id");
});

Deno.test("repeated slashes in a path are collapsed", async () => {
  const app = new App().get("/a/b", (ctx) => ctx.text(ctx.url.pathname));
  assertEquals(await askText(app, "http://localhost//a///b"), "/a/b");
});

Deno.test("a broken parameter makes the handler reject, and nobody sees it", async () => {
  const seen: string[] = [];
  const app = new App()
    .use((ctx) => {
      seen.push("middleware");
      return ctx.next();
    })
    .onError("*", () => {
      seen.push("error page");
      return new Response();
    })
    .get("/:id", ok);
  await assertRejects(() => ask(app, "/%E0%A4%A"), URIError);
  assertEquals(seen, []);
});

Deno.test("basePath stands in front of all routes", async () => {
  const app = new App({ basePath: "/admin" }).get("/", ok).get("/a", ok);
  assertEquals((await ask(app, "/admin")).status, 200);
  assertEquals((await ask(app, "/admin/a")).status, 200);
  assertEquals((await ask(app, "/a")).status, 404);
});

Deno.test("ctx.url follows forwarded headers only when trustProxy is set", async () => {
  const headers = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "a.example",
  };
  for (const trustProxy of [true, false]) {
    const app = new App({ trustProxy }).get(
      "/",
      (ctx) => ctx.text(ctx.url.origin),
    );
    const expected = trustProxy ? "https://a.example" : "http://localhost";
    assertEquals(await askText(app, "/", { headers }), expected);
  }
});

Deno.test("a lazy handler is loaded when it is first asked", async () => {
  let loads = 0;
  const app = new App().get("/", () => {
    loads++;
    return Promise.resolve(ok);
  });
  const handler = app.handler();
  assertEquals(loads, 0);
  await handler(new Request("http://localhost/"));
  await handler(new Request("http://localhost/"));
  assertEquals(loads, 1);
});

Deno.test("a route with handlers by method answers 405 to others", async () => {
  const app = new App().route("/", { handler: { POST: ok } });
  assertEquals((await ask(app, "/")).status, 405);
  assertEquals((await ask(app, "/", { method: "POST" })).status, 200);
});

Deno.test("a lazy route with POST alone answers 404 to GET and OPTIONS", async () => {
  const app = new App().route(
    "/",
    () => Promise.resolve({ handler: { POST: ok } }),
  );
  assertEquals((await ask(app, "/")).status, 404);
  assertEquals((await ask(app, "/", { method: "OPTIONS" })).status, 404);
  assertEquals((await ask(app, "/", { method: "POST" })).status, 200);
});

Deno.test("a lazy route answers the methods of its config, none without", async () => {
  const load = () => Promise.resolve({ handler: ok });
  const app = new App()
    .route("/one", load, { methods: ["PUT"] })
    .route("/all", load, { methods: "ALL" })
    .route("/none", load, { skipAppWrapper: true });
  const put = async (path: string) =>
    (await ask(app, path, { method: "PUT" })).status;
  assertEquals(await put("/one"), 200);
  assertEquals((await ask(app, "/one")).status, 405);
  assertEquals(await put("/all"), 200);
  assertEquals(await put("/none"), 404);
});

Deno.test("an HttpError answers with its status and message", async () => {
  const app = new App().get("/", () => {
    throw new HttpError(410, "Gone for good");
  });
  const response = await ask(app, "/");
  assertEquals([response.status, await response.text()], [
    410,
    "Gone for good",
  ]);
});

Deno.test("any other error answers 500 and tells nothing", async () => {
  using _mute = muteConsole();
  const app = new App().get("/", () => {
    throw new Error("secret");
  });
  const response = await ask(app, "/");
  assertEquals([response.status, await response.text()], [
    500,
    "Internal server error",
  ]);
});

Deno.test("a handler that returns no Response answers 500", async () => {
  using _mute = muteConsole();
  const app = new App().get("/", (() => "text") as unknown as typeof ok);
  assertEquals((await ask(app, "/")).status, 500);
});

const REDIRECTS: [string, string][] = [
  ["/a", "/a"],
  ["//evil.example", "/evil.example"],
  ["/a//b?x=//y", "/a/b?x=//y"],
  ["/a//b#//c", "/a/b#//c"],
  ["https://b.example//x", "https://b.example//x"],
  // Leads away all the same: browsers take a backslash for a slash.
  ["/\\evil.example", "/\\evil.example"],
  ["/", "/"],
];
for (const [target, location] of REDIRECTS) {
  Deno.test(`ctx.redirect() leads from ${target} to ${location}`, async () => {
    const app = new App().get("/", (ctx) => ctx.redirect(target));
    const response = await ask(app, "/");
    assertEquals(response.status, 302);
    assertEquals(response.headers.get("Location"), location);
  });
}

Deno.test("ctx.redirect() with a line break answers 500, and sets no header", async () => {
  using _mute = muteConsole();
  for (const target of ["/a\r\nX-Set: 1", "http://a/\nX-Set:1", "/\0"]) {
    const app = new App().get("/", (ctx) => ctx.redirect(target));
    const response = await ask(app, "/");
    assertEquals(response.status, 500);
    assertEquals(response.headers.has("X-Set"), false);
  }
});

Deno.test("ctx.text(), ctx.html() and ctx.json() set what they promise", async () => {
  const app = new App()
    .get("/text", (ctx) => ctx.text("a", { status: 201 }))
    .get("/html", (ctx) => ctx.html("<p>a"))
    .get("/json", (ctx) => ctx.json({ a: 1 }));
  const html = await ask(app, "/html");
  assertEquals((await ask(app, "/text")).status, 201);
  assertMatch(
    html.headers.get("Content-Type") ?? "",
    /^text\/html; charset=utf-8$/,
  );
  assertEquals(await (await ask(app, "/json")).json(), { a: 1 });
});
