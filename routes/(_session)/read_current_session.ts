/** Who is signed in now: by a cookie that holds, and a session that nobody ended. */
import { readSession, type Session } from "../../lib/auth/session.ts";
import type { Services } from "../../lib/services.ts";
import { probe } from "../(_dependencies)/probe.ts";

/** No page waits longer for the record of ended sessions, ms. */
const RECORD_TIMEOUT_MS = 1_000;

/**
 * Reads who is signed in. A database that is down ends no session: what it holds
 * cannot be seen then by anybody, and pages are to say what is down.
 *
 * @param services The open services.
 * @param headers The request's headers.
 * @returns The session; null for whoever has none, or has signed out.
 */
export async function readCurrentSession(
  services: Pick<Services, "store" | "sessionSecret" | "clock" | "config">,
  headers: Headers,
): Promise<Session | null> {
  const session = await readSession(headers, {
    secret: services.sessionSecret,
    now: services.clock.now(),
    team: services.config.auth,
  });
  if (session === null) return null;
  let isEnded = false;
  await probe(async () => {
    isEnded = await services.store.endedSessions.has(session.id);
  }, RECORD_TIMEOUT_MS);
  return isEnded ? null : session;
}
