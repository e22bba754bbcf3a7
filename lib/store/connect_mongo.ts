/**
 * The connection to MongoDB: one client for the process, opened on first use.
 *
 * Starting does not wait for the server, so that webhooks are taken while it is
 * down; whoever needs it waits at most a few seconds and is told.
 */
import { MongoClient } from "mongodb";

/** How long a call waits for a server before it fails, ms. */
const SERVER_SELECTION_TIMEOUT_MS = 5_000;

/** Connections kept open; functions rarely run more than this at once. */
const MAX_POOL_SIZE = 50;

/**
 * Makes the client; it connects with the first command.
 *
 * @param uri A `mongodb://` or `mongodb+srv://` URI.
 * @returns The client; the caller closes it.
 * @throws {MongoParseError} when the URI is malformed.
 */
export function connectMongo(uri: string): MongoClient {
  return new MongoClient(uri, {
    appName: "rollcall",
    serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT_MS,
    maxPoolSize: MAX_POOL_SIZE,
    ignoreUndefined: false,
  });
}
