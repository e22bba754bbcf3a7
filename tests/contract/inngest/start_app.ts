/**
 * An app on an engine, for tests: functions made with the official SDK.
 *
 * By default the engine is the embedded one, in memory, and calls the app in this process. With
 * INNGEST_BASE_URL the app is served on loopback and registers with the server at that address
 * (INNGEST_SIGNING_KEY and INNGEST_EVENT_KEY when it asks for them), so the same cases run on a
 * real Inngest. Cases that need the embedded engine's clock or API are `engineTest()`s, skipped
 * there by name.
 */
import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/deno/fresh";
import {
  type Engine,
  type EngineOptions,
  startEngine,
} from "../../../packages/embedded_inngest/mod.ts";
import { hashSigningKey } from "../../../packages/embedded_inngest/signature.ts";
import { EndedRuns, type RunEnded } from "./ended_runs.ts";

/** The server that the cases run on instead of the embedded engine. */
export const OUTSIDE_URL = Deno.env.get("INNGEST_BASE_URL");
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const OPEN_RUNS = "/api/v2/runs?status=QUEUED,RUNNING&limit=1";
const IDLE_TURNS = 64; // more than a commit waits for its writers
const MAX_TURNS = 100_000;
const NEVER_MS = 1e12; // retention sweeps set no timer that a test could meet

/** An engine with an app registered on it. */
export interface TestApp extends AsyncDisposable {
  /** The embedded engine; reading it on a server outside is an error. */
  readonly engine: Engine;
  readonly client: Inngest;
  readonly handler: (request: Request) => Promise<Response>;
  /** Sends one event and returns its internal id. */
  send(
    name: string,
    data?: Record<string, unknown>,
    id?: string,
  ): Promise<string>;
  /** Sends events of one name together. */
  sendAll(
    name: string,
    list: readonly Record<string, unknown>[],
  ): Promise<void>;
  /** Waits for the end of a run of `fn`; the n-th call for a function gets its n-th end. */
  ended(fn: string): Promise<RunEnded>;
  /** Waits for the next `count` ends of runs of `fn`. */
  endedAll(fn: string, count: number): Promise<RunEnded[]>;
  /** Counts the runs of `fn` that the embedded engine has seen, up to 100. */
  countRuns(fn: string): Promise<number>;
  /** Turns the event loop until every event was handled and no run of the embedded engine is open. */
  settled(): Promise<void>;
  /** Calls the REST API with the engine's Bearer. */
  api(
    path: string,
    method?: string,
  ): Promise<{ status: number; body: unknown }>;
}

/** Makes functions on a client. */
export type Define = (client: Inngest) => InngestFunction.Any[];

/** A test of what only the embedded engine has; skipped by name on a server outside. */
export function engineTest(name: string, fn: () => Promise<void>): void {
  const isOutside = OUTSIDE_URL !== undefined;
  Deno.test({
    name: isOutside ? `${name} (needs the embedded engine)` : name,
    ignore: isOutside,
    fn,
  });
}

/** The client an app configures for an engine, in cloud mode: everything is signed. */
export function createClient(engine: Engine, id = "app"): Inngest {
  return new Inngest({
    id,
    isDev: false,
    signingKey: engine.signingKey,
    eventKey: engine.eventKey,
    baseUrl: engine.url,
    fetch: engine.fetch,
    logger: SILENT,
  });
}

/** Starts an engine in memory, or in `options.path`, and registers the functions. */
export function startApp(
  define: Define,
  options: Partial<EngineOptions> = {},
): Promise<TestApp> {
  return OUTSIDE_URL === undefined
    ? startEmbedded(define, options)
    : startOutside(define, OUTSIDE_URL);
}

async function startEmbedded(
  define: Define,
  options: Partial<EngineOptions>,
): Promise<TestApp> {
  const engine = await startEngine({
    path: ":memory:",
    retryIntervalMs: 1,
    retention: { intervalMs: NEVER_MS },
    ...options,
  });
  const client = createClient(engine);
  const { ends, handler } = serveWithWitness(client, define);
  try {
    await engine.register(handler);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const api: TestApp["api"] = (path, method = "GET") =>
    callApi(engine, path, method);
  return {
    ...createTestApp(client, handler, ends),
    engine,
    api,
    async countRuns(fn): Promise<number> {
      const { body } = await api(`/api/v2/runs?functionId=${fn}&limit=100`);
      return (body as { data: unknown[] }).data.length;
    },
    settled: () => settle(engine),
    [Symbol.asyncDispose]: () => engine.close(),
  };
}

async function startOutside(
  define: Define,
  baseUrl: string,
): Promise<TestApp> {
  const signingKey = Deno.env.get("INNGEST_SIGNING_KEY");
  const client = new Inngest({
    id: `app${crypto.randomUUID().slice(0, 8)}`, // apps stay known to the server
    isDev: signingKey === undefined,
    baseUrl,
    logger: SILENT,
    ...(signingKey === undefined ? {} : { signingKey }),
  });
  const { ends, handler } = serveWithWitness(client, define);
  let current = handler;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => current(request),
  );
  const register = async () => {
    const url = `http://127.0.0.1:${server.addr.port}/api/inngest`;
    const response = await fetch(url, { method: "PUT" });
    await response.body?.cancel();
  };
  await register();
  const refuse = () => {
    throw new Error("Cannot use the embedded engine: INNGEST_BASE_URL is set");
  };
  return {
    ...createTestApp(client, handler, ends),
    get engine(): Engine {
      return refuse();
    },
    api: refuse,
    countRuns: refuse,
    settled: refuse,
    async [Symbol.asyncDispose](): Promise<void> {
      // Functions that stay would run, and fail, for the events of every later test.
      current = serve({ client, functions: [] });
      await register();
      await server.shutdown();
    },
  };
}

function serveWithWitness(
  client: Inngest,
  define: Define,
): { ends: EndedRuns; handler: (request: Request) => Promise<Response> } {
  const ends = new EndedRuns();
  const witness = client.createFunction(
    { id: "witness", triggers: [{ event: "inngest/function.finished" }] },
    ({ event }) => ends.add(event.data as unknown as RunEnded),
  );
  return {
    ends,
    handler: serve({ client, functions: [...define(client), witness] }),
  };
}

function createTestApp(
  client: Inngest,
  handler: (request: Request) => Promise<Response>,
  ends: EndedRuns,
): Omit<
  TestApp,
  "engine" | "api" | "countRuns" | "settled" | typeof Symbol.asyncDispose
> {
  const ended = (fn: string) => ends.next(`${client.id}-${fn}`);
  return {
    client,
    handler,
    async send(name, data = {}, id): Promise<string> {
      const { ids } = await client.send({ name, data, ...(id ? { id } : {}) });
      return ids[0] ?? "";
    },
    async sendAll(name, list): Promise<void> {
      await client.send(list.map((data) => ({ name, data })));
    },
    ended,
    endedAll: (fn, count) =>
      Promise.all(Array.from({ length: count }, () => ended(fn))),
  };
}

/** Between two pieces of the fan-out are a few turns in which no run is open. */
async function settle(engine: Engine): Promise<void> {
  let idleTurns = 0;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    const { body } = await callApi(engine, OPEN_RUNS);
    idleTurns = (body as { data: unknown[] }).data.length > 0
      ? 0
      : idleTurns + 1;
    if (idleTurns === IDLE_TURNS) return;
  }
  throw new Error("Cannot wait for open runs: some do not end");
}

/** Calls an engine's REST API as its operator. */
export async function callApi(
  engine: Engine,
  path: string,
  method = "GET",
): Promise<{ status: number; body: unknown }> {
  const response = await engine.fetch(engine.url + path, {
    method,
    headers: { authorization: `Bearer ${hashSigningKey(engine.signingKey)}` },
  });
  return { status: response.status, body: await response.json() };
}
