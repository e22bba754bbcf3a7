/** What only operators may do, checked where it is done. */
import { HttpError } from "fresh";
import type { Session } from "../../../lib/auth/session.ts";

/**
 * Lets operators pass.
 *
 * @param session Who is signed in, or null.
 * @returns The operator's session.
 * @throws {HttpError} 403 for everybody else.
 */
export function requireOperator(session: Session | null): Session {
  if (session?.role !== "operator") throw new HttpError(403);
  return session;
}
