/**
 * mingo, loaded while the server already listens.
 *
 * Its several hundred modules take longer to load than everything else together;
 * commands that may need it wait for loadMingo() once. Loaded modules are cached
 * by the runtime anyway, so the one variable here holds no state of a server.
 */

import { MongoError } from "../errors.ts";

type Mingo = typeof import("./mingo_context.ts");

let mingo: Mingo | undefined;

/** Loads mingo; commands that evaluate anything need it. */
export async function loadMingo(): Promise<void> {
  mingo ??= await import("./mingo_context.ts");
}

/** Whether {@linkcode loadMingo} has come to its end. */
export function isMingoLoaded(): boolean {
  return mingo !== undefined;
}

/**
 * The loaded mingo with this server's corrections.
 *
 * @returns What mingo_context.ts exports.
 * @throws {MongoError} InternalError before {@linkcode loadMingo} has ended.
 */
export function getMingo(): Mingo {
  if (mingo) return mingo;
  throw new MongoError("InternalError", "Cannot evaluate: mingo is not loaded");
}
