/** MongoDB, embedded in this process or elsewhere: from here on it is an address. */
import { startMongo } from "../../packages/embedded_mongo/mod.ts";
import type { Config } from "../config.ts";
import { openStore, type Store } from "../store/store.ts";
import type { Part } from "./part.ts";

/** Which MongoDB. */
type MongoSettings = Pick<Config, "mongo" | "dataDir">;

/**
 * Starts the embedded MongoDB where no other is configured.
 *
 * @param config The settings.
 * @returns The address to connect to.
 * @throws {Deno.errors.AddrInUse} when another process has the data folder open.
 */
export async function startMongoPart(
  { mongo, dataDir }: MongoSettings,
): Promise<Part<string>> {
  if (mongo.kind === "external") {
    return {
      value: mongo.uri,
      close: () => Promise.resolve(),
    };
  }
  const server = await startMongo({
    path: `${dataDir}/mongo`,
    socketPath: socketOf(dataDir),
  });
  return { value: server.uri, close: () => server.close() };
}

/**
 * Where the database of a running service is, for tools beside it.
 *
 * @param config The service's settings.
 * @returns The address to connect to.
 */
export function mongoUriOf({ mongo, dataDir }: MongoSettings): string {
  return mongo.kind === "external"
    ? mongo.uri
    : `mongodb://${encodeURIComponent(socketOf(dataDir))}`;
}

/** A store without the rest of the service. */
export interface StoreBeside extends AsyncDisposable {
  readonly store: Store;
  /** Whether the database is embedded and this process alone has it open. */
  readonly isOwner: boolean;
}

/**
 * Opens the store of the configured database, whoever runs it: a service, another
 * tool, or, where the embedded one is not running, this process.
 *
 * @param config The settings.
 * @returns The store, to be held with `await using`.
 */
export async function openStoreBeside(config: Config): Promise<StoreBeside> {
  await using opened = new AsyncDisposableStack();
  const isOwner = config.mongo.kind === "embedded" &&
    !await answersOn(socketOf(config.dataDir));
  const uri = isOwner ? await own(config, opened) : mongoUriOf(config);
  const { database } = config.mongo;
  const store = opened.use(openStore({ uri, database }));
  const parts = opened.move();
  return {
    store,
    isOwner,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function own(
  config: Config,
  opened: AsyncDisposableStack,
): Promise<string> {
  const { value, close } = await startMongoPart(config);
  opened.defer(close);
  return value;
}

/** Whether a process listens; a socket can be left over from one that was killed. */
async function answersOn(path: string): Promise<boolean> {
  try {
    const connection = await Deno.connect({ transport: "unix", path });
    connection.close();
    return true;
  } catch (error) {
    const isNobody = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.ConnectionRefused;
    if (isNobody) return false;
    throw error;
  }
}

function socketOf(dataDir: string): string {
  return `${dataDir}/mongo.sock`;
}
