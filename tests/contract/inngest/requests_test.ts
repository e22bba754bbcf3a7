/**
 * Which requests a function's shape leads to, and what they carry.
 */
import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { engineTest, startApp } from "./start_app.ts";
import { watchRequests } from "./watch_requests.ts";

const hashOf = (id: string) => createHash("sha1").update(id).digest("hex");

for (
  const { checkpointing, stacks } of [
    { checkpointing: false, stacks: [[], ["a"], ["a", "b"]] },
    { checkpointing: true, stacks: [[]] },
  ]
) {
  engineTest(
    `two serial steps take ${stacks.length} request(s) with checkpointing ${checkpointing}`,
    async () => {
      await using app = await startApp((client) => [
        client.createFunction(
          { id: "two", triggers: [{ event: "a/b" }], checkpointing },
          async ({ step }) => {
            const a = await step.run("a", () => "A");
            return a + await step.run("b", () => "B");
          },
        ),
      ]);
      const requests = await watchRequests(app, "two");
      await app.send("a/b");
      assertEquals((await app.ended("two")).result, "AB");
      assertEquals(
        requests.map(({ ctx }) => ctx.stack.stack),
        stacks.map((stack) => stack.map(hashOf)),
      );
      assertEquals(
        requests.map(({ steps }) => Object.keys(steps).length),
        stacks.map(({ length }) => length),
      );
      assertEquals(requests.map(({ ctx }) => ctx.attempt), stacks.map(() => 0));
    },
  );
}

engineTest(
  "a step's value comes back as {data}, its error as {error}",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction(
        {
          id: "memo",
          triggers: [{ event: "a/b" }],
          retries: 0,
          checkpointing: false,
        },
        async ({ step }) => {
          await step.run("value", () => ({ data: 1, error: 2 }));
          await step.run("bad", () => {
            throw new RangeError("no");
          }).catch(() => {});
          await step.sleep("rest", 0);
        },
      ),
    ]);
    const requests = await watchRequests(app, "memo");
    await app.send("a/b");
    await app.ended("memo");
    const { [hashOf("bad")]: bad, ...others } = requests.at(-1)?.steps ?? {};
    assertEquals(others, {
      [hashOf("value")]: { data: { data: 1, error: 2 } },
      [hashOf("rest")]: null,
    });
    const { error } = bad as { error: Record<string, unknown> };
    assertEquals([error.name, error.message], ["RangeError", "no"]);
  },
);

engineTest(
  "parallel steps are joined by one discovery call each time",
  async () => {
    const bodies: string[] = [];
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "joins", triggers: [{ event: "a/b" }] },
        async ({ step }) => {
          const run = (id: string) => step.run(id, () => void bodies.push(id));
          await Promise.all([run("a"), run("b"), run("c")]);
          await Promise.all([run("d"), run("e")]);
        },
      ),
    ]);
    const requests = await watchRequests(app, "joins");
    await app.send("a/b");
    await app.ended("joins");
    const discoveries = requests.filter(({ stepId }) => stepId === "step");
    assertEquals([discoveries.length, requests.length], [3, 8]);
    assertEquals(bodies.sort(), ["a", "b", "c", "d", "e"]);
  },
);

engineTest(
  "without optimised parallelism every step that ends asks for a discovery call",
  async () => {
    const release = Promise.withResolvers<void>();
    const bodies: string[] = [];
    await using app = await startApp((client) => [
      client.createFunction(
        {
          id: "old",
          triggers: [{ event: "a/b" }],
          optimizeParallelism: false,
        },
        async ({ step }) => {
          const chain = async () => {
            await step.run("a1", () => void bodies.push("a1"));
            await step.run("a2", () => (bodies.push("a2"), release.resolve()));
          };
          const slow = step.run("b1", async () => {
            await release.promise; // only a2 lets it go on
            bodies.push("b1");
          });
          await Promise.all([chain(), slow]);
          return "joined";
        },
      ),
    ]);
    await app.send("a/b");
    assertEquals((await app.ended("old")).result, "joined");
    assertEquals(bodies, ["a1", "a2", "b1"]);
  },
);

engineTest(
  "an invoked function is sent the caller's data under inngest/function.invoked",
  async () => {
    await using app = await startApp((client) => {
      const child = client.createFunction(
        { id: "child", triggers: [{ event: "a/child" }] },
        () => "done",
      );
      return [
        child,
        client.createFunction(
          { id: "parent", triggers: [{ event: "a/b" }] },
          ({ step }) =>
            step.invoke("i", { function: child, data: { x: 1 }, v: "2" }),
        ),
      ];
    });
    const requests = await watchRequests(app, "child");
    await app.send("a/b");
    const { run_id } = await app.ended("parent");
    const { name, data, v } = requests[0]?.event ?? {};
    assertEquals([name, v], ["inngest/function.invoked", "2"]);
    const { x, _inngest } = data as {
      x: number;
      _inngest: Record<string, unknown>;
    };
    assertEquals([x, _inngest.fn_id, _inngest.correlation_id], [
      1,
      "app-child",
      `${run_id}.${hashOf("i")}`,
    ]);
  },
);
