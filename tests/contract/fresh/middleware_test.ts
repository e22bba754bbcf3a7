/** In which order middlewares run, and what they see. */
import { assertEquals, assertInstanceOf } from "@std/assert";
import { App, type Context, HttpError } from "fresh";
import { ask, askText, muteConsole } from "./ask.ts";

interface State {
  trace: string[];
}

/** Notes its name on the way in and out. */
function trace(name: string) {
  return async (ctx: Context<State>) => {
    ctx.state.trace ??= [];
    ctx.state.trace.push(name);
    const response = await ctx.next();
    response.headers.append("X-Out", name);
    return response;
  };
}

const show = (ctx: Context<State>) => ctx.text(ctx.state.trace.join(" "));

Deno.test("app.use() runs middlewares in order, in and out", async () => {
  const app = new App<State>().use(trace("a"), trace("b")).use(trace("c"))
    .get("/", show);
  const response = await ask(app, "/");
  assertEquals(await response.text(), "a b c");
  assertEquals(response.headers.get("X-Out"), "c, b, a");
});

Deno.test("app.use() leaves routes alone that were added before", async () => {
  const app = new App<State>().get("/", () => new Response("ok"))
    .use(() => new Response("no"));
  assertEquals(await askText(app, "/"), "ok");
});

Deno.test("app.use() with a path runs for it and what is below", async () => {
  const app = new App<State>().use(trace("all")).use("/a", trace("a"))
    .use("/a/b", trace("b"))
    .get("/a", show).get("/a/b/c", show).get("/other", show);
  assertEquals(await askText(app, "/a"), "all a");
  assertEquals(await askText(app, "/a/b/c"), "all a b");
  assertEquals(await askText(app, "/other"), "all");
});

Deno.test("middlewares of a path run for an optional parameter below it", async () => {
  const app = new App<State>().use("/a", trace("a"))
    .get("/a{/:x}?/b", show);
  assertEquals(await askText(app, "/a/b"), "a");
});

Deno.test("root middlewares run for unknown paths, others do not", async () => {
  const seen: string[] = [];
  const note = (name: string) => (ctx: Context<State>) => {
    seen.push(name);
    return ctx.next();
  };
  const app = new App<State>().use(note("root")).use("/a", note("a"))
    .get("/a/b", show);
  await ask(app, "/a/unknown");
  assertEquals(seen, ["root"]);
});

Deno.test("a middleware may answer by itself", async () => {
  const app = new App().use(() => new Response("early"))
    .get("/", () => new Response("late"));
  assertEquals(await askText(app, "/"), "early");
});

Deno.test("a middleware may catch what comes from below", async () => {
  const app = new App()
    .use(async (ctx) => {
      try {
        return await ctx.next();
      } catch (error) {
        assertInstanceOf(error, HttpError);
        return new Response("caught", { status: error.status });
      }
    })
    .get("/", () => {
      throw new HttpError(418);
    });
  const response = await ask(app, "/");
  assertEquals([response.status, await response.text()], [418, "caught"]);
});

Deno.test("ctx.error holds what was thrown", async () => {
  const error = new Error("mine");
  let seen: unknown;
  const app = new App()
    .use(async (ctx) => {
      try {
        return await ctx.next();
      } catch {
        seen = ctx.error;
        return new Response("caught");
      }
    })
    .get("/", () => {
      throw error;
    });
  await ask(app, "/");
  assertEquals(seen === error, true);
});

Deno.test("handlers of one path run as a chain", async () => {
  const app = new App<State>().get("/", trace("a"), trace("b"), show);
  assertEquals(await askText(app, "/"), "a b");
});

Deno.test("a lazy middleware is loaded once", async () => {
  let loads = 0;
  const app = new App<State>().use(() => {
    loads++;
    return Promise.resolve(trace("lazy"));
  }).get("/", show);
  assertEquals(await askText(app, "/"), "lazy");
  const handler = app.handler();
  await handler(new Request("http://localhost/"));
  await handler(new Request("http://localhost/"));
  assertEquals(loads, 2, "once for each handler that was made");
});

Deno.test("requests do not share state or ctx.next", async () => {
  const app = new App<State>().use(trace("a")).get("/", show);
  const handler = app.handler();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => handler(new Request("http://localhost/"))),
  );
  for (const answer of answers) assertEquals(await answer.text(), "a");
});

Deno.test("headers of Response.redirect() cannot be changed by a middleware", async () => {
  using _mute = muteConsole();
  const app = new App<State>().use(trace("a"))
    .get("/", () => Response.redirect("http://localhost/b"));
  assertEquals((await ask(app, "/")).status, 500);
});

Deno.test("headers of a fetch() result cannot be changed by a middleware", async () => {
  using _mute = muteConsole();
  await using upstream = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("upstream"),
  );
  const app = new App<State>().use(trace("a")).get(
    "/",
    () => fetch(`http://127.0.0.1:${upstream.addr.port}`),
  );
  assertEquals(await askText(app, "/"), "Internal server error");
});

Deno.test("headers of ctx.redirect() can be changed by a middleware", async () => {
  const app = new App<State>().use(trace("a"))
    .get("/", (ctx) => ctx.redirect("/b"));
  const response = await ask(app, "/");
  assertEquals([response.status, response.headers.get("X-Out")], [302, "a"]);
});
