/**
 * The service as users run it: `tasks/start.ts` or `tasks/demo.ts` in a process of
 * its own, with a data folder of its own, on a port that the system chooses.
 *
 * With MONGODB_URI in the environment it writes to that server, in a database of
 * its own, dropped at the end; else to the embedded one. Nothing is mocked.
 */
import { TextLineStream } from "./text_lines.ts";
import { clerkSecret } from "../../tasks/demo/demo_clerk.ts";
import { signedHeaders } from "../../lib/clerk/signed_headers.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { type FeedReader, openFeed } from "./feed_reader.ts";
import { spawnTask } from "./spawn_task.ts";

/** How to start the service. */
export interface RollcallOptions {
  /** The task and its arguments; default `tasks/start.ts`. */
  readonly task?: readonly [path: string, ...args: string[]];
  /** Kept by the caller, to start again on; default a folder removed at the end. */
  readonly dataDir?: string;
  /** The database's name, to start again on; default one of its own. */
  readonly database?: string;
  /** Further settings. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How to send one webhook. */
export interface SendOptions {
  /** The `svix-id`. */
  readonly id: string;
  /** Default: the right one. */
  readonly secret?: string;
  /** Default: now. */
  readonly at?: Date;
}

/** A running service. */
export interface RollcallProcess extends AsyncDisposable {
  readonly origin: string;
  readonly secret: string;
  readonly dataDir: string;
  readonly database: string;
  /** The store that it writes to, over a connection of the test's own. */
  readonly store: Store;
  /** Signs a body and posts it; the caller reads or cancels the answer. */
  send(body: string, options: SendOptions): Promise<Response>;
  /** Signs in; the answer is the cookie. */
  signIn(): Promise<string>;
  /** Listens to the live feed. */
  listen(): Promise<FeedReader>;
  /** Types at its terminal. */
  type(text: string): Promise<void>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end; the exit code is not 0 after 10 s of it. */
  stop(): Promise<number>;
}

/** The admin password of every service under test. */
export const ADMIN_PASSWORD = "a password for tests";

/** A cold start on a machine with other work. */
const START_MS = 60_000;

/** What operators are promised: SIGTERM ends it within 10 s. */
const STOP_MS = 10_000;

/** Made anew in every test process. */
const SECRET = clerkSecret();

/**
 * Starts the service and waits until it serves.
 *
 * @param options Folder, database and settings.
 * @returns The service, to be held with `await using`.
 * @throws {Error} with what it printed, when it ends before it serves.
 */
export async function startRollcall(
  options: RollcallOptions = {},
): Promise<RollcallProcess> {
  await using stack = new AsyncDisposableStack();
  const dataDir = options.dataDir ?? await makeFolder(stack);
  const database = options.database ??
    `rollcall_test_${crypto.randomUUID().slice(0, 8)}`;
  const child = spawnTask(options.task ?? ["tasks/start.ts"], {
    env: {
      CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
      ADMIN_PASSWORD,
      DATA_DIR: dataDir,
      MONGODB_DATABASE: database,
      ...options.env,
    },
    stderr: "inherit",
  });
  stack.defer(() => child.stdin.abort());
  stack.defer(async () => {
    await end(child, "SIGKILL");
  });
  // Its end ends the reading, with what it printed.
  const tooLate = setTimeout(() => void end(child, "SIGKILL"), START_MS);
  stack.defer(() => clearTimeout(tooLate));
  const origin = await readOrigin(child);
  clearTimeout(tooLate);
  const uri = Deno.env.get("MONGODB_URI") ??
    `mongodb://${encodeURIComponent(`${dataDir}/mongo.sock`)}`;
  const store = stack.use(openStore({ uri, database }));
  const resources = stack.move();
  const signIn = () => signInAt(origin);
  return {
    origin,
    dataDir,
    database,
    store,
    secret: SECRET,
    signIn,
    send: (body, how) => postSigned(origin, body, how),
    listen: async () => await openFeed(origin, await signIn()),
    type: (text) => typeAt(child, text),
    kill: async () => void await end(child, "SIGKILL"),
    stop: () => stopInTime(child),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function makeFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "rollcall_test_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  return folder;
}

/** Reads what the service prints until it says where it serves. */
async function readOrigin(child: Deno.ChildProcess): Promise<string> {
  const printed: string[] = [];
  const reader = child.stdout
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())
    .getReader();
  while (true) {
    const { done, value: line } = await reader.read();
    if (done) break;
    printed.push(line);
    const port = /Dashboard\s+http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    void drain(reader);
    return `http://127.0.0.1:${port}`;
  }
  throw new Error(`Cannot start Rollcall: it printed\n${printed.join("\n")}`);
}

async function typeAt(
  child: Deno.ChildProcess,
  text: string,
): Promise<void> {
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}

/** Reads on, so that the service can go on printing. */
async function drain(
  reader: ReadableStreamDefaultReader<string>,
): Promise<void> {
  while (!(await reader.read()).done);
}

async function stopInTime(child: Deno.ChildProcess): Promise<number> {
  const tooLate = setTimeout(() => void end(child, "SIGKILL"), STOP_MS);
  const code = await end(child, "SIGTERM");
  clearTimeout(tooLate);
  return code;
}

async function end(
  child: Deno.ChildProcess,
  signal: Deno.Signal,
): Promise<number> {
  try {
    child.kill(signal);
  } catch (error) {
    // It has ended by itself or by an earlier call.
    if (!(error instanceof TypeError)) throw error;
  }
  return (await child.status).code;
}

async function postSigned(
  origin: string,
  body: string,
  { id, secret = SECRET, at = new Date() }: SendOptions,
): Promise<Response> {
  return await fetch(`${origin}/api/webhooks/clerk`, {
    method: "POST",
    headers: signedHeaders(body, { id, secret, at }),
    body,
  });
}

async function signInAt(origin: string): Promise<string> {
  const response = await fetch(`${origin}/sign_in`, {
    method: "POST",
    headers: { origin },
    body: new URLSearchParams({ password: ADMIN_PASSWORD }),
    redirect: "manual",
  });
  await response.body?.cancel();
  const cookie = response.headers.get("set-cookie")?.split(";")[0];
  if (cookie === undefined) {
    throw new Error(`Cannot sign in: the answer is ${response.status}`);
  }
  return cookie;
}
