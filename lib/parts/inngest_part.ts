/** Inngest, embedded in this process or elsewhere: from here on it is an address. */
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
import type { Part } from "./part.ts";

/** An Inngest that the service uses. */
export interface RunningInngest extends InngestConnection {
  /** Tells Inngest which functions there are. */
  readonly register: (
    handler: (request: Request) => Promise<Response>,
  ) => Promise<void>;
}

/** How the embedded Inngest tells the time and tries again. */
export type EngineTiming = Pick<EngineOptions, "clock" | "retryIntervalMs">;

/** How long a service may take to say that it is there, ms. */
const ANSWER_MS = 3_000;

/**
 * Starts the embedded Inngest where no other is configured.
 *
 * @param config The settings.
 * @param timing For tests; default the real time.
 * @returns How to reach Inngest.
 * @throws {Error} when another process has the data folder open.
 */
export async function startInngestPart(
  { inngest, dataDir }: Pick<Config, "inngest" | "dataDir">,
  timing: EngineTiming = {},
): Promise<Part<RunningInngest>> {
  if (inngest.kind === "external") {
    return {
      value: { ...toConnection(inngest), register: () => Promise.resolve() },
      close: () => Promise.resolve(),
    };
  }
  const engine = await startEngine({ path: `${dataDir}/inngest`, ...timing });
  const { url, eventKey, signingKey } = engine;
  await leaveEngineAddress(dataDir, { url, eventKey });
  return {
    value: {
      baseUrl: url,
      eventKey,
      signingKey,
      signingKeyFallback: undefined,
      isDev: false,
      fetch: engine.fetch,
      register: async (handler) => {
        await engine.register(handler);
      },
    },
    close: async () => {
      await removeEngineAddress(dataDir);
      await engine.close();
    },
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
