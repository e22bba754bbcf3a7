/**
 * The process that the kill test kills: an engine with a function of three steps.
 *
 * Arguments: the engine's folder and the first part of the ids of the events to send. Every fact
 * is one line on stdout, written before the program goes on, so that it survives the kill. First
 * what was found: `saved <step> <event>` for the steps of open runs, `<status> <event>` for every
 * run. Then `acked <event>`, and `<step> <event>` when a body starts. Without the second argument
 * it sends nothing, waits until no run is open, prints `idle` and the statuses again.
 */
import { Inngest } from "inngest";
import { serve } from "inngest/deno/fresh";
import { startEngine } from "../../../packages/embedded_inngest/mod.ts";
import { hashSigningKey } from "../../../packages/embedded_inngest/signature.ts";

type Row = Record<string, unknown>;

interface Step {
  readonly name: string;
  readonly status: string;
}

const SENDERS = 20;
const SENT_EACH = 10;

const [path = "", prefix] = Deno.args;
const engine = await startEngine({ path, retryIntervalMs: 1 });
const client = new Inngest({
  id: "crash",
  isDev: false,
  signingKey: engine.signingKey,
  eventKey: engine.eventKey,
  baseUrl: engine.url,
  fetch: engine.fetch,
});
const fn = client.createFunction(
  { id: "three", triggers: [{ event: "crash/go" }] },
  async ({ event, step }) => {
    await step.run("one", () => say(`one ${event.id}`));
    await step.run("two", () => say(`two ${event.id}`));
    await step.run("three", () => say(`three ${event.id}`));
  },
);
await report();
await engine.register(serve({ client, functions: [fn] }));
if (prefix !== undefined) {
  await Promise.all(Array.from({ length: SENDERS }, (_, i) => send(i)));
} else {
  while (await isBusy()) await new Promise((again) => setTimeout(again, 20));
  say("idle");
  await report();
  await engine.close();
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function send(sender: number): Promise<void> {
  for (let i = 0; i < SENT_EACH; i++) {
    const id = `${prefix}-${sender}-${i}`;
    await client.send({ name: "crash/go", id, data: {} });
    say(`acked ${id}`);
  }
}

async function isBusy(): Promise<boolean> {
  const open = await get<Row[]>("/api/v2/runs?status=QUEUED,RUNNING&limit=1");
  return open.length > 0;
}

async function report(): Promise<void> {
  const keys = new Map<string, string>();
  for await (const event of pages("/v1/events", "internal_id")) {
    keys.set(String(event.internal_id), String(event.id));
  }
  for await (const run of pages("/api/v2/runs", "id")) {
    const { eventIds: [eventId] } = run.trigger as { eventIds: [string] };
    const key = keys.get(eventId);
    say(`${run.status} ${key}`);
    if (run.endedAt !== undefined) continue;
    const { steps } = await get<{ steps: Step[] }>(`/v1/runs/${run.id}`);
    for (const { name, status } of steps) {
      if (status === "Completed") say(`saved ${name} ${key}`);
    }
  }
}

async function* pages(
  route: string,
  idMember: string,
): AsyncGenerator<Row> {
  for (let cursor: unknown = ""; cursor !== undefined;) {
    const items = await get<Row[]>(`${route}?limit=100&cursor=${cursor}`);
    yield* items;
    cursor = items.at(-1)?.[idMember];
  }
}

async function get<T>(path: string): Promise<T> {
  const authorization = `Bearer ${hashSigningKey(engine.signingKey)}`;
  const response = await engine.fetch(engine.url + path, {
    headers: { authorization },
  });
  return (await response.json()).data;
}
