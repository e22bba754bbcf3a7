/**
 * The way in for Clerk's own users: who Clerk says is there, and what the lists
 * let them do. An address counts only when it is primary and verified.
 */
import {
  accountPortalUrl,
  type ClerkVisitor,
  createClerkVisitorReader,
} from "../auth/clerk_sessions.ts";
import { type Role, roleOf } from "../auth/team.ts";
import type { ClerkApiClient } from "../clerk/clerk_api_client.ts";
import type { Config } from "../config.ts";
import { clerkUser } from "../events.ts";
import { primaryEmail } from "../sync/primary_contact.ts";

/** What became of a visit. */
export type SignInOutcome =
  | { readonly kind: "member"; readonly email: string; readonly role: Role }
  | { readonly kind: "stranger" }
  | Exclude<ClerkVisitor, { kind: "user" }>;

/** The way in. */
export interface ClerkSignIn {
  /** Finds out who comes; the URL must be the one that browsers see. */
  identify(request: Request): Promise<SignInOutcome>;
  /** @returns Clerk's page for signing in, which leads back. */
  portalUrl(returnTo: string): string;
}

/**
 * Opens the way in.
 *
 * @param config The keys and the lists.
 * @param clerkApi Tells a user's address.
 * @returns The way in; undefined where nobody is listed, or a key is missing.
 */
export function openClerkSignIn(
  { auth, clerk }: Pick<Config, "auth" | "clerk">,
  clerkApi: Pick<ClerkApiClient, "getUser"> | undefined,
): ClerkSignIn | undefined {
  const { publishableKey, secretKey, jwtKey } = clerk;
  const isAnybodyListed = auth.operators.length + auth.viewers.length > 0;
  if (
    !isAnybodyListed || clerkApi === undefined ||
    publishableKey === undefined || secretKey === undefined
  ) return undefined;
  const readVisitor = createClerkVisitorReader({
    publishableKey,
    secretKey,
    jwtKey,
  });
  return {
    portalUrl: (returnTo) => accountPortalUrl(publishableKey, returnTo),
    async identify(request) {
      const visitor = await readVisitor(request);
      if (visitor.kind !== "user") return visitor;
      const user = clerkUser.safeParse(await clerkApi.getUser(visitor.userId));
      // A token outlives a ban by up to a minute.
      const email = user.success && user.data.banned !== true
        ? primaryEmail(user.data)
        : null;
      if (!email?.isVerified) return { kind: "stranger" };
      const role = roleOf(email.address, auth);
      return role === null
        ? { kind: "stranger" }
        : { kind: "member", email: email.address, role };
    },
  };
}
