/** Inngest, embedded in this process or elsewhere: from here on it is an address. */
import type { MetricObject } from "prom-client";
import {
  type EngineOptions,
  startEngine,
} from "../../packages/embedded_inngest/mod.ts";
import type { Config } from "../config.ts";
import type { InngestConnection } from "../inngest/create_client.ts";
import {
  leaveEngineAddress,
  readEngineAddress,
  removeEngineAddress,
} from "../inngest/engine_address.ts";
import { inngestOrigin } from "../inngest/inngest_api.ts";
import { startEngineThread } from "./engine_thread.ts";
import type { ServeHandler } from "./function_kit.ts";
import type { ThreadAddress, ThreadSettings } from "./host_engine.ts";
import type { Part } from "./part.ts";

/** An Inngest that the service uses. */
export interface RunningInngest extends InngestConnection {
  /** Tells Inngest which functions there are. */
  readonly register: (handler: ServeHandler) => Promise<void>;
  /** What functions on another thread have measured. */
  readonly measure: () => Promise<MetricObject[]>;
  /** Resolves when it can never answer again. */
  readonly died: Promise<Error>;
}

/** Where the embedded Inngest runs the functions. */
export type EnginePlace =
  /** On this thread, for tests that hand in functions of their own. */
  | { readonly kind: "here"; readonly timing: EngineTiming }
  /** On another, whose module calls hostEngine(). */
  | {
    readonly kind: "thread";
    readonly module: URL;
    readonly mongoUri: string;
    readonly sessionSecret: string;
  };

/** How the embedded Inngest tells the time and tries again. */
export type EngineTiming = Pick<EngineOptions, "clock" | "retryIntervalMs">;

/** How long a service may take to say that it is there, ms. */
const ANSWER_MS = 3_000;

/**
 * Starts the embedded Inngest where no other is configured.
 *
 * @param config The settings.
 * @param place Where it runs the functions.
 * @returns How to reach Inngest.
 * @throws {Error} when another process has the data folder open.
 */
export async function startInngestPart(
  config: Config,
  place: EnginePlace,
): Promise<Part<RunningInngest>> {
  const { inngest, dataDir } = config;
  if (inngest.kind === "external") {
    return {
      value: { ...toConnection(inngest), ...ELSEWHERE },
      close: () => Promise.resolve(),
    };
  }
  const part = place.kind === "here"
    ? await startHere(dataDir, place.timing)
    : await startOnThread(place.module, { ...place, config });
  const { baseUrl: url = "", eventKey = "" } = part.value;
  await leaveEngineAddress(dataDir, { url, eventKey });
  return {
    value: part.value,
    close: async () => {
      await removeEngineAddress(dataDir);
      await part.close();
    },
  };
}

/** Of an Inngest that looks after itself. */
const ELSEWHERE = {
  register: () => Promise.resolve(),
  measure: () => Promise.resolve([]),
  died: new Promise<never>(() => {}),
};

async function startHere(
  dataDir: string,
  timing: EngineTiming,
): Promise<Part<RunningInngest>> {
  const engine = await startEngine({ path: `${dataDir}/inngest`, ...timing });
  return {
    value: {
      ...ELSEWHERE,
      ...toEmbedded(engine),
      fetch: engine.fetch,
      register: async (handler) => {
        await engine.register(handler);
      },
    },
    close: () => engine.close(),
  };
}

/** The thread registers its functions itself. */
async function startOnThread(
  module: URL,
  { config, mongoUri, sessionSecret }: ThreadSettings,
): Promise<Part<RunningInngest>> {
  const thread = await startEngineThread(module, {
    config,
    mongoUri,
    sessionSecret,
  });
  const { measure, died } = thread;
  return {
    value: { ...ELSEWHERE, ...toEmbedded(thread.address), measure, died },
    close: () => thread.close(),
  };
}

function toEmbedded({ url, eventKey, signingKey }: ThreadAddress) {
  return {
    baseUrl: url,
    eventKey,
    signingKey,
    signingKeyFallback: undefined,
    isDev: false,
    fetch: undefined,
  };
}

/**
 * Finds the Inngest of a service that runs now, for tools beside it.
 *
 * @param config The service's settings.
 * @returns How to send it events; undefined when no service answers.
 */
export async function findRunningInngest(
  config: Pick<Config, "inngest" | "dataDir" | "publicUrl" | "port">,
): Promise<InngestConnection | undefined> {
  const { inngest, dataDir, publicUrl, port } = config;
  if (inngest.kind === "external") {
    // Inngest answers whether or not somebody serves the functions.
    const origin = publicUrl ?? `http://127.0.0.1:${port}`;
    return await answers(origin) ? toConnection(inngest) : undefined;
  }
  const address = await readEngineAddress(dataDir);
  if (address === undefined || !await answers(address.url)) return undefined;
  return {
    baseUrl: address.url,
    eventKey: address.eventKey,
    signingKey: undefined,
    signingKeyFallback: undefined,
    isDev: false,
    fetch: undefined,
  };
}

/**
 * Resolves when Inngest answers: with anything but a server's error.
 *
 * @param connection How to reach it.
 * @throws {Error} when it does not.
 */
export async function pingInngest(
  connection: InngestConnection,
): Promise<void> {
  const { fetch: ask = fetch } = connection;
  const response = await ask(`${inngestOrigin(connection)}/health`);
  await response.body?.cancel();
  if (response.status >= 500) {
    throw new Error(`Inngest answers ${response.status}`);
  }
}

function toConnection(
  { kind: _, ...connection }: Extract<
    Config["inngest"],
    { readonly kind: "external" }
  >,
): InngestConnection {
  return { ...connection, fetch: undefined };
}

/** Whether a service says that it lives. */
async function answers(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/health`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    // fetch() throws a TypeError when there was no answer at all.
    const isSilent = error instanceof TypeError ||
      error instanceof DOMException && error.name === "TimeoutError";
    if (isSilent) return false;
    throw error;
  }
}
