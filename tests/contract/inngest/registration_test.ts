/**
 * Registration: what is refused and how it is said, what a new registration changes, the keys.
 */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/deno/fresh";
import { startEngine } from "../../../packages/embedded_inngest/mod.ts";
import { createClient, engineTest, startApp } from "./start_app.ts";

engineTest(
  "register() refuses an app that signs with another key",
  async () => {
    await using engine = await startEngine({ path: ":memory:" });
    const client = new Inngest({
      id: "app",
      isDev: false,
      signingKey: `signkey-local-${"0".repeat(64)}`,
      eventKey: engine.eventKey,
      baseUrl: engine.url,
      fetch: engine.fetch,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await assertRejects(
      () =>
        engine.register(serve({
          client,
          functions: [],
          enableUnauthedSync: false,
        })),
      Error,
      "it answered HTTP 401",
    );
  },
);

engineTest(
  "a function that a new registration lacks is archived, and its open runs fail visibly",
  async () => {
    const entered = Promise.withResolvers<void>();
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "old", triggers: [{ event: "a/b" }] },
        async ({ step }) => {
          entered.resolve();
          await step.waitForEvent("w", { event: "a/go", timeout: "1h" });
        },
      ),
    ]);
    const id = await app.send("a/b");
    await entered.promise;
    const without: InngestFunction.Any[] = [];
    await app.engine.register(
      serve({ client: app.client, functions: without }),
    );
    const { body: functions } = await app.api("/v1/apps/app/functions");
    assertEquals((functions as unknown[]).length, 2); // shown, as archived
    await app.send("a/go");
    await app.send("a/b"); // starts nothing any more
    for (;;) {
      const { body } = await app.api(`/v1/events/${id}/runs`);
      const [run] = (body as {
        data: { status: string; output?: { message: string } }[];
      }).data;
      if (run?.status === "Failed") {
        assertMatch(run.output?.message ?? "", /the app no longer has it/);
        break;
      }
      await app.send("a/go"); // the run may not have waited yet
    }
    assertEquals(await app.countRuns("old"), 1);
  },
);

engineTest(
  "POST /fn/register takes a pushed registration and calls the app by its URL",
  async () => {
    await using engine = await startEngine({ path: ":memory:" });
    const called = Promise.withResolvers<unknown>();
    const client = createClient(engine, "remote");
    const fn = client.createFunction(
      { id: "fn", triggers: [{ event: "a/b" }] },
      async ({ event, step }) => {
        const n = await step.run("read", () => event.data.n + 1);
        called.resolve(n);
      },
    );
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      serve({ client, functions: [fn] }),
    );
    const response = await fetch(
      `http://127.0.0.1:${server.addr.port}/api/inngest`,
      { method: "PUT" },
    );
    assertEquals((await response.json()).modified, true);
    await client.send({ name: "a/b", data: { n: 1 } });
    assertEquals(await called.promise, 2);
  },
);

engineTest(
  "functions of an earlier registration start runs before the app registers again",
  async () => {
    const path = await Deno.makeTempDir();
    const define = (client: Inngest) => [
      client.createFunction(
        { id: "fn", triggers: [{ event: "a/b" }] },
        ({ event }) => event.data,
      ),
    ];
    {
      await using _app = await startApp(define, { path });
    }
    {
      await using engine = await startEngine({ path });
      await createClient(engine).send({ name: "a/b", data: { early: true } });
    }
    await using app = await startApp(define, { path });
    assertEquals((await app.ended("fn")).result, { early: true });
    await app.engine.close();
    await Deno.remove(path, { recursive: true });
  },
);

engineTest(
  "startEngine() makes its keys once, readable by the owner alone",
  async () => {
    const path = await Deno.makeTempDir();
    const keysOf = async () => {
      await using engine = await startEngine({ path });
      return [engine.signingKey, engine.eventKey];
    };
    const first = await keysOf();
    assertEquals(await keysOf(), first);
    const { mode } = await Deno.stat(`${path}/keys.json`);
    assertEquals((mode ?? 0) & 0o777, 0o600);
    await Deno.remove(path, { recursive: true });
  },
);

engineTest(
  "startEngine() refuses a folder that another engine has open",
  async () => {
    const path = await Deno.makeTempDir();
    await using engine = await startEngine({ path });
    await assertRejects(() => startEngine({ path }), Error);
    await engine.close();
    await Deno.remove(path, { recursive: true });
  },
);
