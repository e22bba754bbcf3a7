/**
 * The session cookie of somebody who signed in with the admin password.
 *
 * The cookie holds role and expiry, signed with HMAC-SHA256; the server keeps only
 * which sessions were ended before their time (lib/store/ended_sessions.ts). It
 * says nothing about Clerk sessions.
 */
import { parseSigned, serializeSigned } from "hono/utils/cookie";
import { z } from "zod";
import { type Role, roleNow, type Team } from "./team.ts";

/** Who is signed in. */
export interface Session {
  /** Of this signing-in; names the session when it is ended. */
  readonly id: string;
  /** Shown in the page and in the audit log. */
  readonly name: string;
  readonly role: Role;
  readonly expiresAt: Date;
}

const COOKIE = "rollcall_session";
const LIFETIME_S = 12 * 60 * 60;

const cookieValue = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(["operator", "viewer"]),
  exp: z.number(),
});

/**
 * Makes the Set-Cookie header that signs somebody in.
 *
 * @param who Name and role.
 * @param options The signing secret, the present, and whether the site is https.
 * @returns The header's value; the session lasts 12 hours.
 */
export function startSession(
  who: { readonly name: string; readonly role: Role },
  options: {
    readonly secret: string;
    readonly now: Date;
    readonly isSecure: boolean;
  },
): Promise<string> {
  const exp = Math.floor(options.now.getTime() / 1000) + LIFETIME_S;
  const value = JSON.stringify({ id: crypto.randomUUID(), ...who, exp });
  return serializeSigned(COOKIE, value, options.secret, {
    httpOnly: true,
    maxAge: LIFETIME_S,
    path: "/",
    sameSite: "Lax",
    secure: options.isSecure,
  });
}

/** @returns The Set-Cookie header's value that has a browser forget its session. */
export function endSession(): string {
  return `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`;
}

/**
 * Reads who signed in, and what that person may do now: whoever has left the
 * lists since signing in may do nothing any more. Whether the session was ended
 * is not in the cookie.
 *
 * @param headers The request's headers.
 * @param options The signing secret, the present and who may do what.
 * @returns The session; null without a valid cookie, and for strangers.
 */
export async function readSession(
  headers: Headers,
  options: { readonly secret: string; readonly now: Date; readonly team: Team },
): Promise<Session | null> {
  const cookie = headers.get("cookie");
  if (cookie === null) return null;
  const signed = await parseSigned(cookie, options.secret, COOKIE);
  const text = signed[COOKIE];
  if (!text) return null;
  const parsed = cookieValue.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { id, name, exp } = parsed.data;
  const expiresAt = new Date(exp * 1000);
  const role = roleNow(parsed.data, options.team);
  return expiresAt > options.now && role !== null
    ? { id, name, role, expiresAt }
    : null;
}

/** The value, or undefined: another version may have signed other text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
