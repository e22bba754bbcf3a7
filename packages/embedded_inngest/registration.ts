/**
 * How an app's functions become known: the engine asks in-band, or the SDK pushes them.
 *
 * In-band: a signed PUT whose answer lists the functions. Pushed (`POST /fn/register`): accepted
 * with the Bearer; for an app that was registered from this side its own way in is kept, because
 * the URL in the push is built from a Host header that anyone can send.
 */
import { type ApiAnswer, type ApiRequest, refuse } from "./api_message.ts";
import {
  type AppDriver,
  createAppDriver,
  type ServeHandler,
} from "./app_driver.ts";
import { canonicalJson } from "./canonical_json.ts";
import { scheduleCron } from "./fire_timer.ts";
import { isRecord } from "./inbound_event.ts";
import { type Kernel, nowOf } from "./kernel.ts";
import { signText } from "./signature.ts";

/** What a registration came to. */
export interface Registration {
  /** The app's id, from its client. */
  readonly appId: string;
  /** Slugs of its functions, `<app>-<function>`. */
  readonly functions: readonly string[];
}

/** Where registrations go. */
export interface Registrar {
  readonly kernel: Kernel;
  /** The ways to the apps, by id; registering adds to it. */
  readonly drivers: Map<string, AppDriver>;
  /** Ids of the apps whose way in came with a push, and may change with the next one. */
  readonly pushed: Set<string>;
  readonly signingKey: string;
}

/**
 * Asks an app for its functions and registers them.
 *
 * @param registrar where they go
 * @param target the app's serve handler, or the URL of its serve route
 * @returns the app and its functions
 * @throws {Error} when the app does not answer with its functions
 * @throws {TypeError} when a function uses what the engine does not implement
 */
export async function registerApp(
  registrar: Registrar,
  target: ServeHandler | string,
): Promise<Registration> {
  const { kernel, signingKey } = registrar;
  const driver = createAppDriver(target, kernel.clock);
  const body = canonicalJson({ url: driver.serveUrl });
  const response = await driver.send(driver.serveUrl, {
    method: "PUT",
    headers: {
      "content-type": "application/json",
      "x-inngest-server-kind": "cloud",
      "x-inngest-sync-kind": "in_band",
      "x-inngest-signature": signText(body, signingKey),
    },
    body,
  });
  if (
    response.status !== 200 ||
    response.headers.get("x-inngest-sync-kind") !== "in_band"
  ) {
    throw new Error(
      `Cannot register app: it answered HTTP ${response.status}, not its functions`,
    );
  }
  const sync = readSync(JSON.parse(response.text), "app_id");
  if (!sync) {
    throw new Error("Cannot register app: its answer lists no functions");
  }
  const registration = await store(registrar, sync, driver);
  registrar.pushed.delete(sync.appId);
  return registration;
}

/**
 * Registers the functions that an SDK pushes.
 *
 * @param registrar where they go
 * @param request the POST to `/fn/register`
 */
export async function receiveRegistration(
  registrar: Registrar,
  request: ApiRequest,
): Promise<ApiAnswer> {
  try {
    const parsed: unknown = JSON.parse(request.body);
    const sync = readSync(parsed, "appName");
    if (!sync || !isRecord(parsed) || typeof parsed.url !== "string") {
      return refuse(400, "Cannot register app: the body is malformed");
    }
    const { drivers, pushed, kernel } = registrar;
    const known = pushed.has(sync.appId) ? undefined : drivers.get(sync.appId);
    const driver = known ?? createAppDriver(parsed.url, kernel.clock);
    await store(registrar, sync, driver);
    if (!known) pushed.add(sync.appId);
    return { status: 200, body: { ok: true, modified: true } };
  } catch (error) {
    return refuse(400, (error as Error).message);
  }
}

function readSync(
  parsed: unknown,
  appIdMember: string,
): { appId: string; entries: readonly unknown[] } | undefined {
  if (!isRecord(parsed)) return undefined;
  const { [appIdMember]: appId, functions } = parsed;
  if (typeof appId !== "string" || !Array.isArray(functions)) return undefined;
  return { appId, entries: functions };
}

async function store(
  { kernel, drivers }: Registrar,
  { appId, entries }: { appId: string; entries: readonly unknown[] },
  driver: AppDriver,
): Promise<Registration> {
  const { functions, archived } = await kernel.registry.sync(
    appId,
    entries,
    nowOf(kernel),
  );
  await kernel.db.write(() => {
    for (
      const fn of [
        ...functions,
        ...archived.map((fn) => ({ ...fn, isArchived: true })),
      ]
    ) {
      scheduleCron(kernel, fn);
    }
  });
  drivers.set(appId, driver);
  return { appId, functions: functions.map(({ slug }) => slug) };
}
