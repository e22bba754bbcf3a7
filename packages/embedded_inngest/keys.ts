/**
 * The engine's own signing key and event key: made once, kept beside the database.
 *
 * The file has mode 0600: whoever holds the signing key can have any step executed. Keys that the
 * caller gives are used as they are and never written to disk.
 */
import { join } from "node:path";

const FILE_NAME = "keys.json";
const OWNER_ONLY = 0o600;

/** What an app configures its client with. */
export interface EngineKeys {
  /** `signkey-local-` and 64 hex digits, or the caller's own. */
  readonly signingKey: string;
  /** The last part of the URL that events are sent to. */
  readonly eventKey: string;
}

/**
 * Completes the caller's keys with those kept in `folder`, making them on first use.
 *
 * @param folder the engine's folder, or undefined to keep nothing
 * @param given keys chosen by the caller
 * @returns both keys
 * @throws {Error} when the folder cannot be read or written
 */
export async function loadKeys(
  folder: string | undefined,
  given: Partial<EngineKeys>,
): Promise<EngineKeys> {
  if (given.signingKey && given.eventKey) {
    return { signingKey: given.signingKey, eventKey: given.eventKey };
  }
  const kept = folder === undefined
    ? generateKeys()
    : await readOrCreate(join(folder, FILE_NAME));
  return {
    signingKey: given.signingKey ?? kept.signingKey,
    eventKey: given.eventKey ?? kept.eventKey,
  };
}

async function readOrCreate(file: string): Promise<EngineKeys> {
  const kept = await readKeys(file);
  if (kept) return kept;
  const keys = generateKeys();
  const draft = `${file}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(draft, JSON.stringify(keys), {
    mode: OWNER_ONLY,
    createNew: true,
  });
  await Deno.rename(draft, file); // a crash in between leaves no half-written keys
  return keys;
}

async function readKeys(file: string): Promise<EngineKeys | undefined> {
  try {
    await Deno.chmod(file, OWNER_ONLY);
    const { signingKey, eventKey } = JSON.parse(await Deno.readTextFile(file));
    if (typeof signingKey === "string" && typeof eventKey === "string") {
      return { signingKey, eventKey };
    }
    throw new Error(
      `Cannot read the engine's keys: ${file} does not hold both`,
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function generateKeys(): EngineKeys {
  return {
    signingKey: `signkey-local-${randomHex(32)}`,
    eventKey: randomHex(16),
  };
}

function randomHex(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toHex();
}
