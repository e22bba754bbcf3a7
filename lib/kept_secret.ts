/**
 * A secret that was made up because none was configured, kept in a file, so that
 * what was signed or sealed with it outlives a restart.
 *
 * Only a laptop needs it: production must configure its secrets, and writes
 * nothing to disk.
 */
import { dirname } from "node:path";
import { randomReadable } from "./ids.ts";

const LENGTH = 48;
const OWNER_ONLY = 0o600;

/**
 * Reads the secret, or makes one on first use.
 *
 * @param path The file; its folder is made when missing.
 * @returns 48 readable characters, or what the file holds.
 * @throws {Error} when the file can be neither read nor written.
 */
export async function readKeptSecret(path: string): Promise<string> {
  const kept = await readIfThere(path);
  if (kept) return kept;
  await Deno.mkdir(dirname(path), { recursive: true });
  const secret = randomReadable(LENGTH);
  const draft = `${path}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(draft, secret, {
    mode: OWNER_ONLY,
    createNew: true,
  });
  await Deno.rename(draft, path); // A crash in between leaves no half of it.
  return secret;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(path)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
