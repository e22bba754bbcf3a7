/**
 * The cases of this folder on an Inngest outside: they run there when INNGEST_BASE_URL says where.
 */
import { assertEquals } from "@std/assert";
import { OUTSIDE_URL, startApp } from "./start_app.ts";

const isAbsent = OUTSIDE_URL === undefined;

Deno.test({
  name: `the Inngest at INNGEST_BASE_URL runs a function${
    isAbsent ? " (INNGEST_BASE_URL is absent)" : ""
  }`,
  ignore: isAbsent,
  fn: async () => {
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "fn", triggers: [{ event: "outside/go" }] },
        ({ step }) => step.run("step", () => new URL(client.apiBaseUrl).href),
      ),
    ]);
    await app.send("outside/go");
    const { result } = await app.ended("fn");
    assertEquals(result, new URL(OUTSIDE_URL ?? "").href);
  },
});
