/**
 * The event API: what is taken, under which ids, and what an id that comes again does.
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { FakeClock } from "./fake_clock.ts";
import { postEvents } from "./post_events.ts";
import { engineTest, startApp, type TestApp } from "./start_app.ts";

const DAY_MS = 24 * 3_600_000;

function countingApp(
  seen: unknown[],
  clock?: FakeClock,
): Promise<TestApp> {
  return startApp((client) => [
    client.createFunction(
      { id: "counts", triggers: [{ event: "a/b" }] },
      ({ event }) => void seen.push(event.data.n),
    ),
    client.createFunction({ id: "end", triggers: [{ event: "z/end" }] }, () => {
      seen.push("end");
    }),
  ], clock ? { clock } : {});
}

engineTest(
  "POST /e takes one event or many and answers with ULIDs, in order",
  async () => {
    await using app = await startApp(() => []);
    const one = await postEvents(app.engine, { name: "a/b", id: "mine" });
    assertEquals(one.body.status, 200);
    assertMatch(one.body.ids?.[0] ?? "", /^[0-9A-HJKMNP-TV-Z]{26}$/);
    const many = await postEvents(app.engine, [{ name: "a/1" }, {
      name: "a/2",
    }]);
    assertEquals(many.body.ids, many.body.ids?.toSorted());
    assertEquals(new Set(many.body.ids).size, 2);
  },
);

engineTest(
  "POST /e with the same seed answers the same ids and starts no second run",
  async () => {
    const seen: unknown[] = [];
    await using app = await countingApp(seen);
    const seed = "1795330378064,AAECAwQFBgcICQ==";
    const events = [{ name: "a/b", data: { n: 1 } }, {
      name: "a/b",
      data: { n: 2 },
    }];
    const first = await postEvents(app.engine, events, { seed });
    const again = await postEvents(app.engine, events, { seed });
    assertEquals(again.body.ids, first.body.ids);
    assertNotEquals(first.body.ids?.[0], first.body.ids?.[1]);
    await app.settled();
    assertEquals(seen.toSorted(), [1, 2]);
  },
);

Deno.test("an event id that comes again starts one run of a function, even after the run has ended", async () => {
  const seen: unknown[] = [];
  await using app = await countingApp(seen);
  const id = crypto.randomUUID();
  for (let n = 1; n <= 5; n++) await app.send("a/b", { n }, id);
  await app.ended("counts");
  await app.send("a/b", { n: 6 }, id);
  await app.send("a/b", { n: 7 }, `${id}-other`);
  await app.ended("counts");
  const [first, ...rest] = seen;
  // Inngest's own server takes them at once; which of them comes first is open.
  assert(Number(first) <= 5);
  assertEquals(rest, [7]);
});

engineTest(
  "POST /e takes two events of one id in one POST, and starts one run",
  async () => {
    const seen: unknown[] = [];
    await using app = await countingApp(seen);
    const { body } = await postEvents(app.engine, [
      { name: "a/b", id: "twice", data: { n: 1 } },
      { name: "a/b", id: "twice", data: { n: 2 } },
      { name: "z/end" },
    ]);
    assertEquals([body.status, new Set(body.ids).size], [200, 3]);
    await app.settled();
    assertEquals(seen.toSorted(), [1, "end"]);
  },
);

engineTest(
  "an event id starts a run again 24 hours after its last one",
  async () => {
    const clock = new FakeClock();
    const seen: unknown[] = [];
    await using app = await countingApp(seen, clock);
    await app.send("a/b", { n: 1 }, "id");
    await app.settled();
    clock.advance(DAY_MS - 1);
    await app.send("a/b", { n: 2 }, "id");
    await app.settled();
    assertEquals(seen, [1]);
    clock.advance(1);
    await app.send("a/b", { n: 3 }, "id");
    await app.settled();
    assertEquals(seen, [1, 3]);
  },
);

engineTest(
  "POST /e keeps what came before the event that it refuses",
  async () => {
    const seen: unknown[] = [];
    await using app = await countingApp(seen);
    const { status, body } = await postEvents(app.engine, [
      { name: "a/b", data: { n: 1 } },
      { name: "" },
      { name: "a/b", data: { n: 2 } },
    ]);
    assertEquals([status, body.ids?.length], [400, 1]);
    await app.ended("counts");
    assertEquals(seen, [1]);
  },
);

engineTest("POST /e answers 401 to an unknown key", async () => {
  await using app = await startApp(() => []);
  const { status, body } = await postEvents(app.engine, { name: "a/b" }, {
    key: "x",
  });
  assertEquals([status, body.error], [401, "Event key not found"]);
});

engineTest(
  "POST /e drops data._inngest and members it does not know",
  async () => {
    await using app = await startApp((client) => [
      client.createFunction(
        { id: "shows", triggers: [{ event: "a/b" }] },
        ({ event }) => ({ ...event, ts: 0 }),
      ),
    ]);
    await postEvents(app.engine, {
      name: "a/b",
      id: "e1",
      data: { n: 1, _inngest: { fn_id: "app-other" } },
      user: null,
      extra: true,
    });
    const { result } = await app.ended("shows");
    assertEquals(result, {
      name: "a/b",
      id: "e1",
      data: { n: 1 },
      user: {},
      ts: 0,
    });
  },
);

engineTest(
  "the API answers 400 to a path that is not encoded well",
  async () => {
    await using app = await startApp(() => []);
    const { status } = await postEvents(app.engine, {}, { key: "%" });
    assertEquals(status, 400);
    assertEquals((await app.api("/v1/runs/%")).status, 400);
  },
);

engineTest(
  "the API answers 401 without the Bearer, and GET /health to anyone",
  async () => {
    await using app = await startApp(() => []);
    const { url, fetch } = app.engine;
    for (const path of ["/v1/events", "/v1/runs/x", "/api/v2/runs", "/none"]) {
      const response = await fetch(url + path);
      assertEquals(response.status, 401, path);
      await response.body?.cancel();
    }
    const health = await globalThis.fetch(`${url}/health`); // through the socket
    assertEquals(await health.json(), { status: 200, message: "OK" });
    assertEquals((await app.api("/none")).status, 404);
  },
);

engineTest("the API answers 413 to a body of more than 32 MiB", async () => {
  await using app = await startApp(() => []);
  const { url, eventKey } = app.engine;
  const response = await globalThis.fetch(`${url}/e/${eventKey}`, {
    method: "POST",
    body: new Uint8Array(33 * 1024 * 1024),
  });
  assertEquals(response.status, 413);
  assert((await response.json()).error.includes("32 MiB"));
});
