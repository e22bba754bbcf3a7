/** Islands in a real browser, under a policy that allows no inline script. */
import { assert, assertEquals } from "@std/assert";
import { Builder } from "fresh/dev";
import { launchBrowser } from "../../support/browser.ts";
import { app } from "./app/main.ts";
import { TEXTS } from "./app/routes/kinds.tsx";

const builder = new Builder({ root: `${import.meta.dirname}/app` });
const applySnapshot = await builder.build({ snapshot: "memory" });
applySnapshot(app);

function serve(): Deno.HttpServer<Deno.NetAddr> & AsyncDisposable {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    app.handler(),
  );
}

Deno.test("islands", async (t) => {
  await using server = serve();
  await using browser = await launchBrowser();
  const page = await browser.newPage();
  const open = async (path: string) => {
    page.errors.length = 0;
    await page.goto(`http://127.0.0.1:${server.addr.port}${path}`);
  };

  await t.step(
    "a small island counts on from what the server rendered",
    async () => {
      await open("/small");
      assertEquals(await page.textContent("#small"), "1");
      await page.locator("#small").click();
      await page.getByText("2").waitFor();
      assertEquals(page.errors, []);
    },
  );

  await t.step(
    "a lazy component fails the first page, and works from then on",
    async () => {
      // Pages are rendered in one go, as on Fresh: what is still loading when
      // the first one is asked for cannot be waited for.
      const url = `http://127.0.0.1:${server.addr.port}/heavy`;
      const first = await fetch(url);
      await first.body?.cancel();
      assertEquals(first.status, 500);
      const loaded: string[] = [];
      page.on("request", (request) => loaded.push(request.url()));
      await open("/heavy");
      await page.getByText("3 bars").click();
      await page.getByText("4 bars").waitFor();
      assert(loaded.some((script) => /\/Chart-\w+\.js$/.test(script)));
      assertEquals(page.errors, []);
    },
  );

  await t.step("islands share a signal that was passed to both", async () => {
    await open("/counters");
    await page.locator("#left").click();
    await page.getByText("right: 4").waitFor();
    assertEquals(await page.textContent("#left"), "left: 4");
    assertEquals(await page.textContent("#double"), "6");
    assertEquals(page.errors, []);
  });

  await t.step("JSX children stay, and islands inside them work", async () => {
    await open("/slots");
    await page.locator("#small").click();
    await page.getByText("11").waitFor();
    assertEquals(await page.textContent("#open .inner"), "Inside");
    assertEquals(page.errors, []);
  });

  await t.step(
    "JSX children that were hidden show up with their islands",
    async () => {
      await open("/slots");
      assertEquals(await page.locator("#closed .inner").count(), 0);
      await page.getByText("Closed").click();
      await page.locator("#closed .inner").waitFor();
      assert(await page.locator("#nested input").isChecked());
      await page.getByText("Nested").click();
      await page.locator("#nested input").waitFor({ state: "detached" });
      assertEquals(page.errors, []);
    },
  );

  await t.step("islands share a signal of a module", async () => {
    await open("/cart");
    await page.getByText("Add Lemon").click();
    await page.getByText("Add Lime").click();
    await page.getByText("Items in cart: 2").waitFor();
    assertEquals(page.errors, []);
  });

  await t.step("props arrive as what they were on the server", async () => {
    await open("/kinds");
    await page.locator("output[data-browser]", { hasNotText: "not yet" })
      .waitFor();
    assertEquals(JSON.parse(await page.textContent("output") ?? ""), [
      86_400_000,
      1,
      true,
      true,
      true,
      "c.example",
      [1, 2, 255],
      true,
      TEXTS,
      "/a\\/<b/gi",
      ["NaN", "-0", "Infinity", "-Infinity"],
      [false, 3],
      86_400_000,
      [1, true],
    ]);
    assert(await page.title() !== "broken");
    assertEquals(page.errors, []);
  });

  await t.step(
    "an island changes the head, its title escaped, and adds nothing",
    async () => {
      await open("/title");
      assertEquals(await page.title(), "Welcome");
      await page.getByText("Change").click();
      await page.waitForFunction(() => document.title !== "Welcome");
      assertEquals(await page.title(), "R&amp;D");
      assertEquals(await page.locator("meta[name=late]").count(), 0);
      for (const which of ["name=named", "property=keyed", "id=identified"]) {
        const meta = page.locator(`meta[${which}]`);
        assertEquals(await meta.getAttribute("content"), "R&D", which);
      }
    },
  );

  await t.step(
    "an island in kebab-case loads a custom element later",
    async () => {
      await open("/greeting");
      await page.getByText("Hello, Fresh!").waitFor();
      assertEquals(await page.locator("my-greeting").count(), 1);
      assertEquals(page.errors, []);
    },
  );

  await t.step(
    "every script has the nonce, and others are refused",
    async () => {
      const response = await page.goto(
        `http://127.0.0.1:${server.addr.port}/small`,
      );
      const policy = response?.headers()["content-security-policy"] ?? "";
      const [, nonce] = /script-src 'self' 'nonce-(\w+)'/.exec(policy) ?? [];
      assert(nonce !== undefined, policy);
      assertEquals(policy.includes("unsafe-inline"), false);
      const html = await response?.text() ?? "";
      for (const [tag] of html.matchAll(/<(?:script|style)[^>]*>/g)) {
        assert(tag.includes(`nonce="${nonce}"`), tag);
      }
      page.errors.length = 0;
      await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'broken'";
        document.body.append(script);
      });
      assert(await page.title() !== "broken");
      assert(
        page.errors.some((text) => text.includes("Content Security Policy")),
      );
    },
  );

  await t.step("a page without islands loads no script", async () => {
    const scripts: string[] = [];
    page.on("request", (request) => {
      if (request.resourceType() === "script") scripts.push(request.url());
    });
    await open("/");
    assertEquals(scripts, []);
    assertEquals(await page.locator("script").count(), 0);
  });
});
