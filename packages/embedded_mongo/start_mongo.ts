/**
 * Starts the embedded server in a worker and says where it is reached.
 *
 * Chooses the Unix socket where there are such, loopback TCP with a made-up
 * password where there are none or where a port is asked for.
 */

import type {
  WorkerOrder,
  WorkerReport,
  WorkerSettings,
} from "./server_worker.ts";

const USERNAME = "embedded";
const MAX_SOCKET_PATH_BYTES = 107;

/** Options of {@linkcode startMongo}. */
export interface StartMongoOptions {
  /** The folder that holds the data, or ":memory:" to keep nothing. */
  path: string;
  /** Where to put the Unix socket. Default: `mongo.sock` in the folder. */
  socketPath?: string;
  /** A loopback host; asks for TCP instead of a socket. Default: 127.0.0.1. */
  hostname?: string;
  /** A TCP port, 0 for any; asks for TCP instead of a socket. */
  port?: number;
}

/** A running embedded server. */
export interface EmbeddedMongo extends AsyncDisposable {
  /** What to give to `MongoClient`; holds the password where there is one. */
  readonly uri: string;
  /** Stops the server; every acknowledged write is on disk. */
  close(): Promise<void>;
}

/**
 * Starts a MongoDB server inside this process.
 *
 * @param options Where the data and the socket lie.
 * @returns The running server.
 * @throws {TypeError} when a socket and a port are asked for at once.
 * @throws {Error} when the data cannot be opened or the address not listened on.
 */
export async function startMongo(
  options: StartMongoOptions,
): Promise<EmbeddedMongo> {
  const settings = await chooseSettings(options);
  const worker = new Worker(new URL("./server_worker.ts", import.meta.url), {
    type: "module",
    name: "embedded-mongo",
  });
  const ready = await exchange(worker, settings.start);
  if (ready.kind !== "ready") {
    worker.terminate();
    await settings.cleanUp?.();
    throw ready.kind === "failed"
      ? ready.error
      : new Error("Cannot start: closed");
  }
  let closing: Promise<void> | undefined;
  const close = () =>
    closing ??= exchange(worker, { kind: "close" }).then(async () => {
      worker.terminate();
      await settings.cleanUp?.();
    });
  return {
    uri: buildUri(ready.authority, settings.start),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Settings {
  readonly start: WorkerSettings;
  /** Removes what was made for this run alone. */
  readonly cleanUp?: () => Promise<void>;
}

async function chooseSettings(options: StartMongoOptions): Promise<Settings> {
  const { path, socketPath, hostname, port } = options;
  const wantsTcp = hostname !== undefined || port !== undefined;
  if (wantsTcp && socketPath !== undefined) {
    throw new TypeError("Cannot start: socketPath excludes hostname and port");
  }
  const isTcp = wantsTcp || Deno.build.os === "windows" ||
    !await maySockets(socketPath);
  if (isTcp) {
    const password = crypto.randomUUID().replaceAll("-", "");
    const credentials = { username: USERNAME, password };
    const place = { hostname: hostname ?? "127.0.0.1", port: port ?? 0 };
    const address = { kind: "tcp", ...place } as const;
    return { start: { kind: "start", path, address, credentials } };
  }
  const useSocket = (at: string): WorkerSettings => ({
    kind: "start",
    path,
    address: { kind: "unix", path: at },
  });
  const ownPath = `${await toAbsolute(path)}/mongo.sock`;
  const isUsable = path !== ":memory:" &&
    new TextEncoder().encode(ownPath).length <= MAX_SOCKET_PATH_BYTES;
  if (socketPath !== undefined || isUsable) {
    return { start: useSocket(socketPath ?? ownPath) };
  }
  const folder = await Deno.makeTempDir({ prefix: "mongo-" });
  return {
    start: useSocket(`${folder}/mongo.sock`),
    cleanUp: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Deno guards Unix sockets by its net permission; without it TCP remains. */
async function maySockets(socketPath: string | undefined): Promise<boolean> {
  if (socketPath !== undefined) return true;
  const { state } = await Deno.permissions.query({ name: "net" });
  return state === "granted";
}

async function toAbsolute(path: string): Promise<string> {
  if (path === ":memory:") return "";
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  return await Deno.realPath(path);
}

function buildUri(authority: string, { credentials }: WorkerSettings): string {
  if (!credentials) return `mongodb://${authority}/?directConnection=true`;
  const { username, password } = credentials;
  return `mongodb://${username}:${password}@${authority}/` +
    "?directConnection=true&authSource=admin&authMechanism=SCRAM-SHA-256";
}

function exchange(worker: Worker, order: WorkerOrder): Promise<WorkerReport> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot run the embedded server: ${event.message}`));
    };
    worker.postMessage(order);
  });
}
