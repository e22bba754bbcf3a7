/**
 * Options that a registration refuses: by the function, the option and the way out.
 */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Inngest } from "inngest";
import { serve } from "inngest/deno/fresh";
import {
  type Engine,
  startEngine,
} from "../../../packages/embedded_inngest/mod.ts";
import { createClient, engineTest, startApp } from "./start_app.ts";
import { RAW_FUNCTION, startRawApp } from "./start_raw_app.ts";

type Options = Parameters<Inngest["createFunction"]>[0];

for (
  const { option, config, message } of [
    ...["debounce", "singleton", "priority"].map((option) => ({
      option,
      config: {
        debounce: { debounce: { period: "5s" } },
        singleton: { singleton: { mode: "skip" } },
        priority: { priority: { run: "300" } },
      }[option] ?? {},
      message: new RegExp(
        `"app-fn": option "${option}" is not implemented.*INNGEST_BASE_URL`,
      ),
    })),
    ...["date", "now", "now_plus", "now_minus"].map((name) => ({
      option: `a condition with ${name}(), which the server has`,
      config: {
        triggers: [{ event: "a/b", if: `${name}("1h") > event.data.at` }],
      },
      message: new RegExp(
        `option "triggers" .*: ${name}\\(\\) is not implemented.*INNGEST_BASE_URL`,
      ),
    })),
    {
      option: "a cron expression of six fields",
      config: { triggers: [{ cron: "0 0 9 * * *" }] },
      message: /option "triggers" is not valid: .*6 fields/,
    },
    {
      option: "a condition that is no CEL",
      config: { triggers: [{ event: "a/b", if: "event.data.n === 1" }] },
      message: /option "triggers" is not valid/,
    },
    {
      option: "a condition with a function that nobody has",
      config: { triggers: [{ event: "a/b", if: "soon(event.data.at)" }] },
      message: /option "triggers" is not valid: .*soon/,
    },
    {
      option: "account concurrency without a key",
      config: { concurrency: { limit: 1, scope: "account" } },
      message: /option "concurrency" needs a key/,
    },
    {
      option: "cancelOn with batchEvents",
      config: {
        batchEvents: { maxSize: 2, timeout: "5s" },
        cancelOn: [{ event: "x" }],
      },
      message: /option "cancelOn" does not go with batchEvents/,
    },
    {
      option: "a rate limit over more than a day",
      config: { rateLimit: { limit: 1, period: "48h" } },
      message: /option "rateLimit.period" is above 24 hours/,
    },
    ...([
      ["a day that never comes", "0 0 30 2 *", /never/],
      ["the last day of a month", "0 0 L * *", /not a valid/],
      ["a nearest weekday", "0 0 15W * *", /not a valid/],
      ["an n-th weekday", "0 0 * * 5#2", /not a valid/],
      ["a zone that is nowhere", "TZ=Mars/Olympus 0 9 * * *", /not a valid/],
      ["nonsense", "every monday, at nine", /4 fields/],
    ] as const).map(([what, cron, message]) => ({
      option: `a cron expression with ${what}`,
      config: { triggers: [{ cron }] },
      message,
    })),
    ...[
      "async.data.n + 1 == 2",
      "-async.data.n == 2",
      "has(async.data.u)",
      "async.data.l.exists(x, x > 1)",
      "async.data.u.startsWith('a')",
      "size(async.data.l) == 1",
      "async.data.l[0 + 1] == 1",
      "event.data.u == async.data.u && bool(async.data.n)",
    ].map((condition) => ({
      option: `a cancelOn condition that calculates: ${condition}`,
      config: { cancelOn: [{ event: "x", if: condition }] },
      message:
        /option "cancelOn.if" is not valid: \S+ is more than a comparison/,
    })),
    {
      option: "a cancelOn condition that is no CEL",
      config: { cancelOn: [{ event: "x", if: "async.data ===" }] },
      message: /option "cancelOn.if" is not valid/,
    },
    {
      option: "batches of more events than one request takes",
      config: { batchEvents: { maxSize: 5_001, timeout: "5s" } },
      message: /option "batchEvents.maxSize".*5000/,
    },
    {
      option: "batches of one",
      config: { batchEvents: { maxSize: 1, timeout: "5s" } },
      message: /option "batchEvents.maxSize"/,
    },
    {
      option: "a batch time below a second",
      config: { batchEvents: { maxSize: 2, timeout: "500ms" } },
      message: /option "batchEvents.timeout" is below one second/,
    },
    {
      option: "three concurrency limits",
      config: { concurrency: [1, 2, 3].map((limit) => ({ limit })) },
      message: /option "concurrency"/,
    },
    {
      option: "a key that is no CEL",
      config: { throttle: { limit: 1, period: "5s", key: "event.data." } },
      message: /option "throttle.key"/,
    },
    {
      option: "a throttle that lets nothing through",
      config: { throttle: { limit: 0, period: "5s" } },
      message: /option "throttle.limit"/,
    },
    {
      option: "a period that is no duration",
      config: { rateLimit: { limit: 1, period: "1 month" } },
      message: /option "rateLimit.period" .*not a duration/,
    },
    {
      option: "eleven triggers",
      config: {
        triggers: Array.from({ length: 11 }, (_, i) => ({ event: `a/${i}` })),
      },
      message: /option "triggers"/,
    },
    {
      option: "one trigger twice",
      config: { triggers: [{ event: "a/b" }, { event: "a/b" }] },
      message: /option "triggers" holds one twice/,
    },
  ] satisfies { option: string; config: object; message: RegExp }[]
) {
  engineTest(`register() refuses ${option}`, async () => {
    await using engine = await startEngine({ path: ":memory:" });
    const client = createClient(engine);
    const fn = client.createFunction(
      { id: "fn", triggers: [{ event: "a/b" }], ...config } as Options,
      () => {},
    );
    const error = await assertRejects(
      () => engine.register(serve({ client, functions: [fn] })),
      TypeError,
    );
    assertMatch(error.message, message);
  });
}

engineTest(
  "register() refuses two functions of one id, and keeps those it had",
  async () => {
    await using app = await startRawApp((signed) =>
      new Response("1", { headers: signed("1") })
    );
    const twice = [RAW_FUNCTION, { ...RAW_FUNCTION, name: "again" }];
    await assertRejects(
      () => registerRaw(app.engine, "raw", twice),
      TypeError,
      'Cannot register function "raw-fn": its id is taken by another function of the app',
    );
    assertEquals((await app.ended(await app.send())).status, "Completed");
  },
);

engineTest(
  "register() refuses a function whose id belongs to another app",
  async () => {
    await using app = await startRawApp((signed) =>
      new Response("1", { headers: signed("1") })
    );
    await assertRejects(
      () => registerRaw(app.engine, "other", [RAW_FUNCTION]),
      TypeError,
      'Cannot register function "raw-fn": its id is taken by app "raw"',
    );
    assertEquals((await app.ended(await app.send())).status, "Completed");
  },
);

engineTest(
  "register() refuses a cancelOn whose timeout is neither duration nor date",
  async () => {
    await using engine = await startEngine({ path: ":memory:" });
    const cancel = [{ event: "x", timeout: "2000-13-13" }];
    await assertRejects(
      () => registerRaw(engine, "raw", [{ ...RAW_FUNCTION, cancel }]),
      TypeError,
      'option "cancelOn.timeout" is neither a duration nor a date: "2000-13-13"',
    );
  },
);

engineTest(
  "a function that is refused leaves the registration before it as it was",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "old", triggers: [{ event: "a/b" }] },
        () => "old",
      ),
    ]);
    const bad = app.client.createFunction(
      { id: "new", triggers: [{ event: "a/b" }], debounce: { period: "5s" } },
      () => "new",
    );
    await assertRejects(() =>
      app.engine.register(serve({ client: app.client, functions: [bad] }))
    );
    await app.send("a/b");
    assertEquals((await app.ended("old")).result, "old");
  },
);

/** Registers an app that lists the functions as they are. */
function registerRaw(
  engine: Engine,
  appId: string,
  functions: readonly unknown[],
): Promise<unknown> {
  return engine.register(() =>
    Response.json({ app_id: appId, functions }, {
      headers: { "x-inngest-sync-kind": "in_band" },
    })
  );
}
