/**
 * One GET to the fake, with its key, and the answer taken apart.
 *
 * Kept apart from Rollcall's own client on purpose: what checks the fake must not
 * share code with what the fake checks.
 */

import type { FakeClerk } from "./start_clerk_api.ts";

/** An answer with its JSON already read. */
export interface ClerkAnswer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- tests reach into it and assert.
  readonly body: any;
}

/**
 * Asks the fake.
 *
 * @param clerk Whom.
 * @param path From `/v1` on, query included, already encoded.
 * @param headers Replace or add to the Authorization header.
 * @returns Status, headers and parsed JSON.
 */
export async function askClerk(
  clerk: FakeClerk,
  path: string,
  headers: Record<string, string> = {},
): Promise<ClerkAnswer> {
  const answer = await fetch(`${clerk.url}/v1${path}`, {
    headers: { authorization: `Bearer ${clerk.secretKey}`, ...headers },
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: await answer.json(),
  };
}

/** Gives the first error's code, or undefined. */
export function codeOf(answer: ClerkAnswer): unknown {
  return answer.body?.errors?.[0]?.code;
}

/** Gives the ids of a users answer. */
export function idsOf(answer: ClerkAnswer): string[] {
  return answer.body.map((user: { id: string }) => user.id);
}
