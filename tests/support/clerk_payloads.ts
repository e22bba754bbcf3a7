/**
 * The Clerk webhook bodies of tests/fixtures/clerk, as tests want them: the
 * manifest's row beside the text, the bytes unchanged.
 */

/** What a reader must make of a user payload. */
export interface UserExpectation {
  readonly primaryEmail: string | null;
  readonly primaryEmailVerified: boolean | null;
  readonly emails: number;
  /** Clerk's `updated_at`, ms. */
  readonly updatedAt: number;
  readonly banned: boolean;
  readonly locked: boolean;
}

/** One fixture. */
export interface ClerkPayload {
  readonly file: string;
  /** Clerk's event type. */
  readonly type: string;
  /** Present for users only. */
  readonly expect?: UserExpectation;
  /** The body as it would be received. */
  readonly text: string;
}

const FOLDER = new URL("../fixtures/clerk/", import.meta.url);

/** Every fixture, in the manifest's order. */
export const CLERK_PAYLOADS: readonly ClerkPayload[] = readManifest();

/**
 * Finds one fixture.
 *
 * @param file Its file name without `.json`.
 * @returns The fixture.
 * @throws {Error} when there is no such file.
 */
export function clerkPayload(file: string): ClerkPayload {
  const found = CLERK_PAYLOADS.find((payload) =>
    payload.file === `${file}.json`
  );
  if (found === undefined) throw new Error(`Cannot find fixture: ${file}`);
  return found;
}

/** @returns The fixture's `data`, freshly parsed, to be changed at will. */
export function dataOf(payload: ClerkPayload): Record<string, unknown> {
  return JSON.parse(payload.text).data;
}

function readManifest(): ClerkPayload[] {
  const rows: Omit<ClerkPayload, "text">[] = JSON.parse(
    Deno.readTextFileSync(new URL("manifest.json", FOLDER)),
  );
  return rows.map((row) => ({
    ...row,
    text: Deno.readTextFileSync(new URL(`payloads/${row.file}`, FOLDER)),
  }));
}
