/**
 * An app that moves to another URL: its runs go on there.
 */
import { assertEquals } from "@std/assert";
import { serve } from "inngest/deno/fresh";
import { startEngine } from "../../../packages/embedded_inngest/mod.ts";
import { createClient, engineTest } from "./start_app.ts";
import { untilStep } from "./until_step.ts";

for (const isPushed of [false, true]) {
  engineTest(
    `a run goes on at the app's new URL ${
      isPushed ? "after a push" : "after register()"
    }`,
    async () => {
      await using engine = await startEngine({ path: ":memory:" });
      const client = createClient(engine, "moved");
      const asked = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<string[]>();
      const serveAs = (name: string) =>
        serveOnLoopback(serve({
          client,
          functions: [
            client.createFunction(
              { id: "fn", triggers: [{ event: "a/b" }] },
              async ({ step }) => {
                const first = await step.run("first", () => name);
                const wait = step.waitForEvent("w", {
                  event: "a/go",
                  timeout: "1h",
                });
                asked.resolve();
                await wait;
                ended.resolve([first, await step.run("second", () => name)]);
              },
            ),
          ],
        }));
      const register = async (url: string) => {
        if (isPushed) {
          await (await fetch(url, { method: "PUT" })).body?.cancel();
        } else await engine.register(url);
      };
      {
        await using before = serveAs("before");
        await register(before.url);
        await client.send({ name: "a/b", data: {} });
        await asked.promise;
        await untilStep(engine, "w");
      }
      await using after = serveAs("after");
      await register(after.url);
      await client.send({ name: "a/go", data: {} });
      assertEquals(await ended.promise, ["before", "after"]);
    },
  );
}

function serveOnLoopback(
  handler: (request: Request) => Promise<Response>,
): AsyncDisposable & { url: string } {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    handler,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/api/inngest`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
