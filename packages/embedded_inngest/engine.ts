/**
 * Puts an engine together and takes it apart again.
 *
 * Start: open the file, load the keys, serve the API, fire what was missed. Functions of earlier
 * registrations start runs at once; their requests wait until the app has registered.
 */
import { join } from "node:path";
import {
  type ApiAnswer,
  type ApiRequest,
  readRequest,
  refuse,
  toResponse,
} from "./api_message.ts";
import type { AppDriver, ServeHandler } from "./app_driver.ts";
import { CallQueue } from "./call_queue.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Database } from "./database.ts";
import { Dispatcher } from "./dispatcher.ts";
import { FanOut } from "./fan_out.ts";
import { fireTimer } from "./fire_timer.ts";
import { FunctionRegistry } from "./function_registry.ts";
import { type ApiHandler, createHttpApi } from "./http_api.ts";
import { InFlight } from "./in_flight.ts";
import type { Kernel } from "./kernel.ts";
import { type EngineKeys, loadKeys } from "./keys.ts";
import { Pace } from "./pace.ts";
import { Pruner, type Retention } from "./prune.ts";
import {
  registerApp,
  type Registrar,
  type Registration,
} from "./registration.ts";
import { TimerQueue } from "./timer_queue.ts";
import { createUlidSource } from "./ulid.ts";

const MEMORY = ":memory:";
const FILE_NAME = "inngest.db";
const CLOSE_GRACE_MS = 8_000; // a service has ten seconds from SIGTERM to exit
const DEFAULT_PARALLELISM = { inProcess: 64, byUrl: 64 };

/** How an engine is started. */
export interface EngineOptions {
  /** Folder that the engine keeps its file and keys in, or ":memory:" to keep nothing. */
  readonly path: string;
  /** Signs requests and authenticates API calls; generated and kept in `path` by default. */
  readonly signingKey?: string;
  /** Events are sent under it; generated and kept in `path` by default. */
  readonly eventKey?: string;
  /** Address to serve on; 127.0.0.1 by default. */
  readonly hostname?: string;
  /** Port to serve on; 0, the default, lets the system choose. */
  readonly port?: number;
  /** Where time comes from; the system's clock by default. */
  readonly clock?: Clock;
  /** Fixed delay between attempts in ms, instead of Inngest's documented back-off. */
  readonly retryIntervalMs?: number;
  /** What is kept of ended runs and of events: 7 days, less when the file passes 2 GiB. */
  readonly retention?: Retention;
  /** Requests in flight to apps in this process (64) and by URL (64), of all functions together. */
  readonly parallelism?: {
    readonly inProcess?: number;
    readonly byUrl?: number;
  };
}

/** A running engine. */
export interface Engine extends AsyncDisposable {
  /** Base URL of the HTTP API, without a trailing slash: the client's `baseUrl`. */
  readonly url: string;
  /** Reaches the same API without a socket: the client's `fetch`. */
  readonly fetch: typeof fetch;
  /** The client's `signingKey`. */
  readonly signingKey: string;
  /** The client's `eventKey`. */
  readonly eventKey: string;
  /**
   * Asks an app for its functions and begins to run them.
   *
   * @param target the app's serve handler, or the URL of its serve route
   * @returns the app's id and the slugs of its functions
   * @throws {Error} when the app does not answer with its functions
   * @throws {TypeError} when a function uses what the engine does not implement
   */
  register(target: ServeHandler | string): Promise<Registration>;
  /** Takes no more requests, waits up to 8 s for runs in flight, and closes the file. */
  close(): Promise<void>;
}

/**
 * Starts an engine.
 *
 * @param options where it keeps its file, and what differs from the defaults
 * @returns the engine, serving
 * @throws {Error} when another engine has the folder open, or the port is taken
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const folder = options.path === MEMORY ? undefined : options.path;
  if (folder !== undefined) {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const keys = await loadKeys(folder, options);
  const db = new Database(
    folder === undefined ? MEMORY : join(folder, FILE_NAME),
  );
  try {
    return await assemble(db, keys, options);
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function assemble(
  db: Database,
  keys: EngineKeys,
  options: EngineOptions,
): Promise<Engine> {
  const drivers = new Map<string, AppDriver>();
  const inFlight = new InFlight();
  const closing = new AbortController();
  const { kernel, fanOut } = createKernel(db, options, {
    wakeDispatcher: () => dispatcher.wake(),
    closing: closing.signal,
  });
  const { signingKey, eventKey } = keys;
  const parallelism = { ...DEFAULT_PARALLELISM, ...options.parallelism };
  const dispatcher = new Dispatcher({
    kernel,
    drivers,
    signingKey,
    inFlight,
    parallelism,
  });
  db.expectedWriters = () => dispatcher.runningCount;
  const registrar: Registrar = {
    kernel,
    drivers,
    pushed: new Set(),
    signingKey,
  };
  const api = createHttpApi(registrar, inFlight, eventKey);
  await kernel.calls.recover();
  const { hostname = "127.0.0.1", port = 0 } = options;
  const server = Deno.serve(
    { hostname, port, onListen: () => {} },
    async (request) => {
      const read = await readRequest(request, false);
      return toResponse(
        "body" in read && "url" in read ? await answerSafely(api, read) : read,
      );
    },
  );
  const url = `http://${server.addr.hostname}:${server.addr.port}`;
  kernel.timers.fire();
  const pruner = new Pruner(kernel, options.retention);
  pruner.start();
  fanOut.wake();
  let closed: Promise<void> | undefined;
  const close = () => closed ??= closeAll();
  return {
    url,
    signingKey,
    eventKey,
    fetch: createInProcessFetch(api, url),
    async register(target): Promise<Registration> {
      const registration = await registerApp(registrar, target);
      dispatcher.wake();
      return registration;
    },
    close,
    [Symbol.asyncDispose]: close,
  };

  async function closeAll(): Promise<void> {
    closing.abort();
    kernel.timers.close();
    kernel.calls.close();
    await pruner.close();
    await dispatcher.close(CLOSE_GRACE_MS);
    await server.shutdown();
    await db.close();
  }
}

function createKernel(
  db: Database,
  options: EngineOptions,
  { wakeDispatcher, closing }: {
    wakeDispatcher: () => void;
    closing: AbortSignal;
  },
): { kernel: Kernel; fanOut: FanOut } {
  const clock = options.clock ?? systemClock;
  const nextUlid = createUlidSource();
  const kernel: Kernel = {
    db,
    clock,
    registry: new FunctionRegistry(db),
    calls: new CallQueue(db, clock, wakeDispatcher),
    timers: new TimerQueue(db, clock, (timer) => fireTimer(kernel, timer)),
    pace: new Pace(clock),
    wakeFanOut: () => fanOut.wake(),
    nextId: () => nextUlid(clock.now().getTime()),
    closing,
    retryIntervalMs: options.retryIntervalMs,
  };
  const fanOut = new FanOut(kernel);
  return { kernel, fanOut };
}

/** The answer to a fault of the engine itself is an error the SDK can read, never a hang. */
async function answerSafely(
  api: ApiHandler,
  request: ApiRequest,
): Promise<ApiAnswer> {
  try {
    return await api(request);
  } catch (error) {
    if (error instanceof URIError) {
      return refuse(400, "Cannot read the request: its path is malformed");
    }
    return refuse(
      500,
      `Cannot answer: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function createInProcessFetch(api: ApiHandler, baseUrl: string): typeof fetch {
  return async function engineFetch(input, init): Promise<Response> {
    const { body = "", headers, method = "GET" } = init ?? {};
    if (input instanceof Request || typeof body !== "string") {
      const read = await readRequest(new Request(input, init), true);
      return toResponse("url" in read ? await answerSafely(api, read) : read);
    }
    return toResponse(
      await answerSafely(api, {
        method: method.toUpperCase(),
        url: input instanceof URL ? input : new URL(input, baseUrl),
        headers: headersOf(headers),
        body,
        isInProcess: true,
      }),
    );
  };
}

/** The SDK hands over a plain object, of which one or two members are asked for. */
function headersOf(init: HeadersInit | undefined): ApiRequest["headers"] {
  if (init === undefined || init instanceof Headers || Array.isArray(init)) {
    return new Headers(init);
  }
  return {
    get: (name) =>
      Object.entries(init).find(([key]) => key.toLowerCase() === name)?.[1] ??
        null,
  };
}
