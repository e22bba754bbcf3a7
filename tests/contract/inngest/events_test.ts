/**
 * The event API: what is taken, under which ids, and what an id that comes again does.
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import type { Engine } from "../../../packages/embedded_inngest/mod.ts";
import { engineTest, startApp, type TestApp } from "./start_app.ts";

interface EventAnswer {
  readonly status: number;
  readonly body: {
    readonly ids?: readonly string[];
    readonly status: number;
    readonly error?: string;
  };
}

async function post(
  { url, fetch, eventKey }: Engine,
  body: unknown,
  { seed, key = eventKey }: { seed?: string; key?: string } = {},
): Promise<EventAnswer> {
  const response = await fetch(`${url}/e/${key}`, {
    method: "POST",
    headers: seed ? { "x-inngest-event-id-seed": seed } : {},
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

function countingApp(seen: unknown[]): Promise<TestApp> {
  return startApp((client) => [
    client.createFunction(
      { id: "counts", triggers: [{ event: "a/b" }] },
      ({ event }) => void seen.push(event.data.n),
    ),
    client.createFunction({ id: "end", triggers: [{ event: "z/end" }] }, () => {
      seen.push("end");
    }),
  ]);
}

engineTest(
  "POST /e takes one event or many and answers with ULIDs, in order",
  async () => {
    await using app = await startApp(() => []);
    const one = await post(app.engine, { name: "a/b", id: "mine" });
    assertEquals(one.body.status, 200);
    assertMatch(one.body.ids?.[0] ?? "", /^[0-9A-HJKMNP-TV-Z]{26}$/);
    const many = await post(app.engine, [{ name: "a/1" }, { name: "a/2" }]);
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
    const first = await post(app.engine, events, { seed });
    const again = await post(app.engine, events, { seed });
    assertEquals(again.body.ids, first.body.ids);
    assertNotEquals(first.body.ids?.[0], first.body.ids?.[1]);
    await app.ended("counts");
    await app.ended("counts");
    await app.send("z/end");
    await app.ended("end"); // so everything before it has been handed to its functions
    const { body } = await app.api("/api/v2/runs?functionId=counts");
    assertEquals((body as { data: unknown[] }).data.length, 2);
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
  assertEquals(seen, [1, 7]);
});

for (
  const { what, events, error } of [
    { what: "an empty name", events: [{ name: "" }], error: /name is empty/ },
    {
      what: "a reserved name",
      events: [{ name: "Inngest/x" }],
      error: /reserved/,
    },
    {
      what: "a date before 1980",
      events: [{ name: "a/b", ts: 1 }],
      error: /between 1980 and 2100/,
    },
    { what: "what is no object", events: ["a/b"], error: /not an object/ },
    { what: "what is not JSON", events: "{", error: /not JSON/ },
    {
      what: "data that is a list",
      events: [{ name: "a/b", data: [1] }],
      error: /data is not an object/,
    },
    {
      what: "more than 3 MiB",
      events: [{ name: "a/b", data: { x: "x".repeat(3 * 1024 * 1024) } }],
      error: /larger than 3 MiB/,
    },
    {
      what: "more than 5,000 events",
      events: Array(5_001).fill({ name: "a/b" }),
      error: /more than 5000/,
    },
  ]
) {
  engineTest(`POST /e refuses ${what}`, async () => {
    await using app = await startApp(() => []);
    const { status, body } = await post(app.engine, events);
    assertEquals([status, body.status, body.ids], [400, 400, [""]]);
    assertMatch(body.error ?? "", error);
  });
}

engineTest(
  "POST /e keeps what came before the event that it refuses",
  async () => {
    const seen: unknown[] = [];
    await using app = await countingApp(seen);
    const { status, body } = await post(app.engine, [
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
  const { status, body } = await post(app.engine, { name: "a/b" }, {
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
    await post(app.engine, {
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
