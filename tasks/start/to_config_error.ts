/**
 * What only shows when a setting is put to use: a port that is taken, a folder
 * that cannot be written to, an address that the driver does not understand.
 *
 * Whoever starts the service mends these like any malformed setting, so they are
 * told like one, and not as a stack trace. Everything else stays what it is.
 */
import { type Config, ConfigError } from "../../lib/config.ts";

type UsedSettings = Pick<Config, "dataDir" | "port" | "host">;

/** The system's codes for an address that cannot be listened on. */
const ADDRESS_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: "PORT is taken by another process",
  EADDRNOTAVAIL: "HOST is not an address of this machine",
};

/** The system's codes for a folder that cannot be written to. */
const FOLDER_FAULTS = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "ENOSPC"];

/**
 * Tells a setting's fault from a defect.
 *
 * @param error What ended the start.
 * @param settings Those that were used.
 * @returns A {@linkcode ConfigError} that names the variable; any other error as
 * it is.
 */
export function toConfigError(error: unknown, settings: UsedSettings): unknown {
  const fault = error instanceof Error ? findFault(error, settings) : undefined;
  return fault === undefined ? error : new ConfigError([fault]);
}

function findFault(
  error: Error,
  { dataDir, host, port }: UsedSettings,
): string | undefined {
  // By name: the driver and the parser below it have a class each.
  if (error.name === "MongoParseError") {
    return "MONGODB_URI is not an address that MongoDB's driver understands";
  }
  // SQLite's words, which have crossed from the thread of the database.
  if (error.message.endsWith("database is locked")) {
    return `DATA_DIR is in use: another process has ${dataDir} open`;
  }
  const code = String(Reflect.get(error, "code"));
  const addressFault = ADDRESS_FAULTS[code];
  if (addressFault !== undefined) return `${addressFault}: ${host}:${port}`;
  return FOLDER_FAULTS.includes(code)
    ? `DATA_DIR cannot be used: ${error.message}`
    : undefined;
}
