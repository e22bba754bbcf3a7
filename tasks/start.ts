/**
 * `deno task start`: builds what is stale, opens the services and serves.
 *
 * Settings come from the environment and from .env. Faults of the settings are
 * printed together and end the process with 1 before anything is written.
 */
import { load } from "@std/dotenv";
import { services } from "../main.ts";
import { readConfig } from "../lib/config.ts";
import type { Services } from "../lib/services.ts";
import { setUpLogging } from "../lib/telemetry/log.ts";
import { buildIfStale } from "./start/build_if_stale.ts";
import { hintAtImport } from "./start/hint_at_import.ts";
import { endByFault } from "./start/end_by_fault.ts";
import { print } from "./terminal.ts";
import { refuseMalformed } from "../lib/refuse_malformed.ts";
import { serveUntilSignal } from "./start/serve_until_signal.ts";
import { toConfigError } from "./start/to_config_error.ts";

/** What the caller wants to hear. */
export interface StartOptions {
  /**
   * Called once it serves, with the origin for this machine. Default: prints a
   * hint when nobody was ever brought in.
   */
  readonly onServing?: (origin: string) => void;
  /** File with further settings; null for none. Default `.env`. */
  readonly envPath?: string | null;
}

/**
 * Starts the service and returns when it has been told to stop.
 *
 * @param options Who wants to hear that it serves, and where settings are.
 * @throws {ConfigError} when the settings cannot be used.
 */
export async function start(
  { envPath = ".env", onServing }: StartOptions = {},
): Promise<void> {
  const startedMs = performance.now();
  await load({ export: true, envPath });
  const config = readConfig(Deno.env.toObject());
  await setUpLogging({
    level: config.logLevel,
    format: config.environment === "production" ? "json" : "text",
  });
  await buildIfStale(new URL("../", import.meta.url));
  try {
    await openAndServe(startedMs, onServing);
  } catch (error) {
    throw toConfigError(error, config);
  }
}

async function openAndServe(
  startedMs: number,
  onServing: StartOptions["onServing"],
): Promise<void> {
  const opened = await services.open();
  const serverModule = new URL("../_fresh/server.js", import.meta.url).href;
  const { default: app } = await import(serverModule);
  await serveUntilSignal(refuseMalformed(app.fetch), opened, {
    startedMs,
    onServing: onServing ?? (() => void printHint(opened)),
  });
}

async function printHint(opened: Services): Promise<void> {
  const hint = await hintAtImport(opened);
  if (hint !== null) print(hint);
}

if (import.meta.main) {
  try {
    await start();
    Deno.exit(0);
  } catch (error) {
    endByFault(error);
  }
}
