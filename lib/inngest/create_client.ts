/**
 * Step ③ of the path: the one Inngest client, for Cloud, a server of one's own
 * and the embedded engine alike: a base URL and keys are all that differs.
 */
import { Inngest } from "inngest";
import { logger } from "../telemetry/log.ts";

/** Inngest's app id; part of every function's full id. */
export const APP_ID = "rollcall";

/** How to reach an Inngest. */
export interface InngestConnection {
  /** Undefined means Inngest Cloud, or the dev server in dev mode. */
  readonly baseUrl: string | undefined;
  readonly eventKey: string | undefined;
  readonly signingKey: string | undefined;
  readonly signingKeyFallback: string | undefined;
  /** Dev mode: calls are not signed. */
  readonly isDev: boolean;
  /** Replaces fetch(), for an engine in this process. */
  readonly fetch: typeof fetch | undefined;
}

/**
 * Makes the client.
 *
 * @param connection Where Inngest is.
 * @returns The client; it connects with the first event.
 */
export function createInngestClient(connection: InngestConnection): Inngest {
  const { isDev, ...rest } = connection;
  const given = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  );
  return new Inngest({ id: APP_ID, isDev, logger: createLogger(), ...given });
}

/** The SDK's log lines in ours: it passes objects before or after the text. */
function createLogger() {
  const log = logger("inngest");
  const write =
    (level: "debug" | "info" | "warn" | "error") => (...args: unknown[]) => {
      const text = args.find((arg) => typeof arg === "string") ?? "Inngest SDK";
      const error = args.map(findError).find((found) => found !== undefined);
      log[level](
        error === undefined ? String(text) : `${text}: {error}`,
        error === undefined ? {} : { error: error.message },
      );
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
}

/** The SDK logs errors as they are or as `{ err }`. */
function findError(arg: unknown): Error | undefined {
  if (arg instanceof Error) return arg;
  return typeof arg === "object" && arg !== null && "err" in arg &&
      arg.err instanceof Error
    ? arg.err
    : undefined;
}
