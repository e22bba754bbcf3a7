/** A line for whoever has just connected Clerk: how the users there come in. */
import type { Services } from "../../lib/services.ts";
import { awaitsFirstImport } from "../../lib/store/first_import.ts";
import { logger } from "../../lib/telemetry/log.ts";

/**
 * Looks whether a hint is due: there is a key, and nobody was ever brought in.
 *
 * @param services The open services; a database that is down gets no hint.
 * @returns The line, or null.
 */
export async function hintAtImport(
  { clerkApi, store }: Pick<Services, "clerkApi" | "store">,
): Promise<string | null> {
  if (clerkApi === undefined) return null;
  try {
    return await awaitsFirstImport(store)
      ? "  Users      None yet: deno task backfill brings them in from Clerk"
      : null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger("start").warn("Cannot look for users", { error: reason });
    return null;
  }
}
