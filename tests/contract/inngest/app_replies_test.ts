/**
 * What an app may answer that is not an SDK's answer: the run fails clearly, nothing gets stuck.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";
import { engineTest } from "./start_app.ts";
import {
  answerOperations,
  messageOf,
  RAW_FUNCTION,
  type RawAnswer,
  SDK_HEADERS,
  startRawApp,
} from "./start_raw_app.ts";

for (
  const { what, answer, error } of [
    {
      what: "200 without the SDK's header",
      answer: () => new Response('"hello"'),
      error: /no "x-inngest-sdk" header/,
    },
    {
      what: "200 without a signature",
      answer: () => new Response('"hello"', { headers: SDK_HEADERS }),
      error: /signature is missing or wrong/,
    },
    {
      what: "206 that is not JSON",
      answer: (signed) =>
        new Response("<html>", { status: 206, headers: signed("<html>") }),
      error: /operations are malformed/,
    },
    {
      what: "206 with values nested more deeply than can be written",
      answer: (signed) => {
        const deep = "[".repeat(20_000) + "]".repeat(20_000);
        const text = `[{"op":"StepRun","id":"${
          "a".repeat(40)
        }","data":${deep}}]`;
        return new Response(text, { status: 206, headers: signed(text) });
      },
      error: /Cannot use the app's answer/,
    },
    {
      what: "206 without operations",
      answer: (signed) =>
        new Response("[]", { status: 206, headers: signed("[]") }),
      error: /reported nothing new/,
    },
    {
      what: "502 from a proxy",
      answer: () => new Response("Bad gateway", { status: 502 }),
      error: /HTTP 502/,
    },
    {
      what: "an output of more than 4 MiB",
      answer: (signed) => {
        const text = JSON.stringify("x".repeat(4 * 1024 * 1024));
        return new Response(text, { headers: signed(text) });
      },
      error: /larger than 4 MiB/,
    },
    {
      what: "a rejected promise",
      answer: () => {
        throw new TypeError("no host");
      },
      error: /no host/,
    },
    {
      what: "that the current request is stale",
      answer: () =>
        Response.json({ name: "StaleDispatchError", message: "stale" }, {
          status: 400,
          headers: { ...SDK_HEADERS, "x-inngest-no-retry": "true" },
        }),
      error: /for stale/,
    },
  ] satisfies {
    what: string;
    answer: RawAnswer;
    error: RegExp;
  }[]
) {
  engineTest(
    `an app that answers ${what} has its attempts, then the run fails`,
    async () => {
      const clock = new FakeClock();
      await using app = await startRawApp(answer, clock);
      const id = await app.send();
      await clock.advanceToNext(1_000);
      const run = await app.ended(id);
      assertEquals([run.status, app.calls()], ["Failed", 2]);
      assertMatch(messageOf(run), error);
    },
  );
}

engineTest(
  "a handler that never answers is given up after two hours",
  async () => {
    const clock = new FakeClock();
    await using app = await startRawApp(
      () => new Promise(() => {}),
      clock,
    );
    const id = await app.send();
    assertEquals(await clock.advanceToNext(2 * 3_600_000), 2 * 3_600_000);
    assertEquals(await clock.advanceToNext(1_000), 1_000); // the pause before attempt 2
    assertEquals(await clock.advanceToNext(2 * 3_600_000), 2 * 3_600_000);
    const run = await app.ended(id);
    assertEquals([run.status, app.calls()], ["Failed", 2]);
    assertMatch(messageOf(run), /over two hours/);
  },
);

for (const op of ["WaitForSignal", "Gateway", "AIGateway", "DeferAdd"]) {
  engineTest(
    `operation ${op} fails its run and names the way out`,
    async () => {
      await using app = await startRawApp((signed) =>
        answerOperations(signed, [
          { op, id: "a".repeat(40), name: "x", opts: {} },
        ])
      );
      const id = await app.send();
      const run = await app.ended(id);
      assertEquals(run.status, "Failed");
      assertMatch(
        messageOf(run),
        new RegExp(`"${op}".*Inngest's own server`),
      );
    },
  );
}

for (const version of ["seven", "7", "", "1.5", "-1"]) {
  engineTest(
    `an answer with the request version ${JSON.stringify(version)} is used`,
    async () => {
      const step = JSON.stringify([{
        op: "StepRun",
        id: "a".repeat(40),
        data: 1,
      }]);
      await using app = await startRawApp((signed) => {
        const isFirst = app.calls() === 1;
        const text = isFirst ? step : "2";
        return new Response(text, {
          status: isFirst ? 206 : 200,
          headers: { ...signed(text), "x-inngest-req-version": version },
        });
      });
      const run = await app.ended(await app.send());
      assertEquals([run.status, run.output], ["Completed", 2]);
    },
  );
}

engineTest(
  "a result that is not JSON ends its run as a text, which lifecycle events carry",
  async () => {
    const finished = Promise.withResolvers<unknown>();
    await using app = await startRawApp(
      async (signed, request) => {
        const { event } = await request.json();
        if (event.name === "a/b") {
          return new Response("<p>done", { headers: signed("<p>done") });
        }
        finished.resolve(event.data.result);
        return new Response("null", { headers: signed("null") });
      },
      undefined,
      [RAW_FUNCTION, {
        ...RAW_FUNCTION,
        id: "raw-witness",
        triggers: [{ event: "inngest/function.finished" }],
      }],
    );
    const run = await app.ended(await app.send());
    assertEquals([run.status, run.output], ["Completed", "<p>done"]);
    assertEquals(await finished.promise, "<p>done");
  },
);
