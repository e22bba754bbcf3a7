/**
 * The REST API as operators and the dashboard use it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";
import { engineTest, startApp, type TestApp } from "./start_app.ts";

type Row = Record<string, unknown>;

async function read(app: TestApp, path: string): Promise<Row> {
  const { status, body } = await app.api(path);
  assertEquals(status, 200, path);
  return body as Row;
}

function startExample(): Promise<TestApp> {
  return startApp((client) => [
    client.createFunction(
      { id: "works", name: "Works", triggers: [{ event: "a/b" }] },
      async ({ event, step, attempt }) => {
        const n = await step.run("read it", () => {
          if (attempt === 0) throw new RangeError("not yet");
          return event.data.n;
        });
        return { n };
      },
    ),
    client.createFunction(
      { id: "waits", triggers: [{ event: "a/wait" }] },
      ({ step }) => step.waitForEvent("never", { event: "x", timeout: "1h" }),
    ),
  ]);
}

engineTest(
  "GET /v1/events shows events newest first, page by page",
  async () => {
    await using app = await startExample();
    const sent: string[] = [];
    for (let n = 0; n < 5; n++) sent.push(await app.send("list/me", { n }));
    const seen: unknown[] = [];
    for (let cursor: unknown = ""; cursor !== undefined;) {
      const { data } = await read(app, `/v1/events?limit=2&cursor=${cursor}`);
      const page = data as Row[];
      seen.push(...page.map(({ internal_id }) => internal_id));
      cursor = page.at(-1)?.internal_id;
    }
    assertEquals(seen, sent.toReversed());
    const named = await read(app, "/v1/events?name=other/name");
    assertEquals(named.data, []);
    assertEquals((await app.api("/v1/events?cursor=nope")).status, 400);
  },
);

engineTest(
  "GET /v1/events keeps to received_after and received_before, both included",
  async () => {
    const clock = new FakeClock();
    await using app = await startApp(() => [], { clock });
    const at: string[] = [];
    for (let n = 0; n < 5; n++) {
      at.push(clock.now().toISOString());
      await app.send("list/me", { n });
      clock.advance(1_000);
    }
    const numbers = async (query: string) => {
      const { data } = await read(app, `/v1/events?${query}`);
      return (data as { data: { n: number } }[]).map((event) => event.data.n);
    };
    assertEquals(
      await numbers(`received_after=${at[1]}&received_before=${at[3]}`),
      [3, 2, 1],
    );
    assertEquals(await numbers(`received_after=${at[3]}&limit=1`), [4]);
    assertEquals(await numbers(`received_before=${at[0]}`), [0]);
    assertEquals(
      await numbers(`name=list/me&received_before=${at[1]}`),
      [1, 0],
    );
    const later = clock.now().toISOString();
    assertEquals(await numbers(`received_after=${later}`), []);
  },
);

engineTest(
  "GET /v1/events/<id> and its runs show an event and what it started",
  async () => {
    await using app = await startExample();
    const id = await app.send("a/b", { n: 7 }, "mine");
    await app.ended("works");
    const { data: event } = await read(app, `/v1/events/${id}`);
    assertEquals([(event as Row).id, (event as Row).data], ["mine", { n: 7 }]);
    const { data: runs } = await read(app, `/v1/events/${id}/runs`);
    const [run] = runs as Row[];
    assertEquals([run?.status, run?.output, run?.event_id], [
      "Completed",
      { n: 7 },
      id,
    ]);
    assertEquals((await app.api("/v1/events/nope")).status, 404);
  },
);

engineTest(
  "GET /v1/runs/<id> shows a run with its steps and their failed attempts",
  async () => {
    await using app = await startExample();
    await app.send("a/b", { n: 7 });
    const { run_id } = await app.ended("works");
    const { data } = await read(app, `/v1/runs/${run_id}`);
    const [step] = (data as { steps: Row[] }).steps;
    assertEquals([step?.name, step?.op, step?.status], [
      "read it",
      "StepRun",
      "Completed",
    ]);
    const [attempt] = step?.attempts as Row[];
    assertEquals(attempt?.attempt, 0);
    assertMatch(JSON.stringify(attempt?.error), /RangeError.*not yet/);
    assertEquals((await app.api("/v1/runs/nope")).status, 404);
  },
);

engineTest(
  "GET /api/v2/runs filters by function and status, page by page",
  async () => {
    await using app = await startExample();
    for (let n = 0; n < 3; n++) {
      await app.send("a/b", { n });
      await app.ended("works");
    }
    await app.send("a/wait");
    const { data } = await read(app, "/api/v2/runs?functionId=works&limit=2");
    const page = await read(
      app,
      `/api/v2/runs?functionId=app-works&limit=2&cursor=${
        (data as Row[])[1]?.id
      }`,
    );
    const outputs = [...data as Row[], ...page.data as Row[]]
      .map(({ output }) => (output as { n: number }).n);
    assertEquals(outputs, [2, 1, 0]);
    assertEquals((page.page as Row).hasMore, false);
    const { data: failed } = await read(app, "/api/v2/runs?status=FAILED");
    assertEquals(failed, []);
  },
);

engineTest(
  "GET /api/v2/runs finds a run as running, and not as queued, while its first request is made",
  async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "slow", triggers: [{ event: "a/b" }], concurrency: 1 },
        async () => {
          entered.resolve();
          await release.promise;
        },
      ),
    ]);
    await app.sendAll("a/b", [{ n: 1 }, { n: 2 }]);
    await entered.promise;
    for (const status of ["RUNNING", "QUEUED"]) {
      const { data } = await read(app, `/api/v2/runs?status=${status}`);
      assertEquals((data as Row[]).map((run) => run.status), [status]);
    }
    release.resolve();
    await app.endedAll("slow", 2);
  },
);

engineTest("POST /api/v2/runs/<id>/cancel ends a run that waits", async () => {
  await using app = await startExample();
  const eventId = await app.send("a/wait");
  let run: Row | undefined;
  while (!run) {
    const { data } = await read(app, `/v1/events/${eventId}/runs`);
    [run] = data as Row[];
  }
  const { status } = await app.api(`/api/v2/runs/${run.run_id}/cancel`, "POST");
  assertEquals(status, 200);
  assertEquals((await app.ended("waits"))._inngest.status, "Cancelled");
});

engineTest(
  "POST /api/v2/runs/<id>/rerun runs the event again, past dedupe",
  async () => {
    await using app = await startExample();
    await app.send("a/b", { n: 1 }, "once");
    const first = await app.ended("works");
    const { body } = await app.api(
      `/api/v2/runs/${first.run_id}/rerun`,
      "POST",
    );
    const again = await app.ended("works");
    assertEquals((body as { data: Row }).data.runId, again.run_id);
    assert(again.run_id !== first.run_id);
    assertEquals(again.result, { n: 1 });
  },
);

engineTest("GET /v1/apps/<id>/functions lists the functions", async () => {
  await using app = await startExample();
  const { body } = await app.api("/v1/apps/app/functions");
  const slugs = (body as Row[]).map(({ id, name }) => `${id} ${name}`);
  assert(slugs.includes("app-works Works"), slugs.join());
});

for (
  const [method, path] of [
    ["POST", "/v1/signals"],
    ["POST", "/v1/realtime/publish"],
    ["POST", "/v0/connect/start"],
    ["POST", "/v1/checkpoint"],
    ["POST", "/v1/checkpoint/01RUN/steps"],
  ] as const
) {
  engineTest(
    `${method} ${path} answers 501 and names the way out`,
    async () => {
      await using app = await startExample();
      const { status, body } = await app.api(path, method);
      assertEquals(status, 501);
      assertMatch(
        (body as { error: string }).error,
        /is not implemented by the embedded engine.*INNGEST_BASE_URL/,
      );
    },
  );
}
