/**
 * An app on an engine, for tests: functions by the official SDK, run in process.
 *
 * `ended(eventId)` resolves with the lifecycle event of the run that an event started; it works
 * through an ordinary function that listens for `inngest/function.finished`.
 */
import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/deno/fresh";
import {
  type Engine,
  type EngineOptions,
  startEngine,
} from "../../../packages/embedded_inngest/mod.ts";
import { hashSigningKey } from "../../../packages/embedded_inngest/signature.ts";

/** What a lifecycle event says about a run that ended. */
export interface RunEnded {
  readonly function_id: string;
  readonly run_id: string;
  readonly result?: unknown;
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly error: string;
  };
  readonly event: {
    readonly id: string;
    readonly name: string;
    readonly data: unknown;
  };
  readonly events: readonly unknown[];
  readonly _inngest: { readonly status: string };
}

/** An engine with an app registered on it. */
export interface TestApp extends AsyncDisposable {
  readonly engine: Engine;
  readonly client: Inngest;
  readonly handler: (request: Request) => Promise<Response>;
  /** Sends one event and returns its internal id. */
  send(
    name: string,
    data?: Record<string, unknown>,
    id?: string,
  ): Promise<string>;
  /** Waits for the end of a run of `fn`; the n-th call for a function gets its n-th end. */
  ended(fn: string): Promise<RunEnded>;
  /** Calls the REST API with the engine's Bearer. */
  api(
    path: string,
    method?: string,
  ): Promise<{ status: number; body: unknown }>;
}

/** Makes functions on a client. */
export type Define = (client: Inngest) => InngestFunction.Any[];

/** The client an app configures for an engine, in cloud mode: everything is signed. */
export function createClient(engine: Engine, id = "app"): Inngest {
  return new Inngest({
    id,
    isDev: false,
    signingKey: engine.signingKey,
    eventKey: engine.eventKey,
    baseUrl: engine.url,
    fetch: engine.fetch,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
}

/** Starts an engine in memory, or in `options.path`, and registers the functions. */
export async function startApp(
  define: Define,
  options: Partial<EngineOptions> = {},
): Promise<TestApp> {
  const engine = await startEngine({
    path: ":memory:",
    retryIntervalMs: 1,
    ...options,
  });
  const client = createClient(engine);
  const ends = new EndedRuns();
  const witness = client.createFunction(
    { id: "witness", triggers: [{ event: "inngest/function.finished" }] },
    ({ event }) => ends.add(event.data as unknown as RunEnded),
  );
  const handler = serve({ client, functions: [...define(client), witness] });
  try {
    await engine.register(handler);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return {
    engine,
    client,
    handler,
    async send(name, data = {}, id): Promise<string> {
      const { ids } = await client.send({ name, data, ...(id ? { id } : {}) });
      return ids[0] ?? "";
    },
    ended: (fn) => ends.next(`app-${fn}`),
    api: (path, method = "GET") => callApi(engine, path, method),
    [Symbol.asyncDispose]: () => engine.close(),
  };
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

class EndedRuns {
  readonly #ended = new Map<string, RunEnded[]>();
  readonly #waiting = new Map<string, ((run: RunEnded) => void)[]>();

  add(run: RunEnded): void {
    const waiting = this.#waiting.get(run.function_id)?.shift();
    if (waiting) waiting(run);
    else {this.#ended.set(run.function_id, [
        ...this.#ended.get(run.function_id) ?? [],
        run,
      ]);}
  }

  next(fn: string): Promise<RunEnded> {
    const ended = this.#ended.get(fn)?.shift();
    if (ended) return Promise.resolve(ended);
    return new Promise((resolve) => {
      this.#waiting.set(fn, [...this.#waiting.get(fn) ?? [], resolve]);
    });
  }
}
