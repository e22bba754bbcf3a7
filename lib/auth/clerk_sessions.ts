/**
 * Who is signed in at Clerk, as a request's cookies say it.
 *
 * The token is checked with CLERK_JWT_KEY on this machine, without it with keys
 * that are fetched from Clerk. A browser that Clerk knows and we do not is sent
 * to Clerk and back (its "handshake"), without a script of Clerk's in our pages.
 * Whether that person may see the dashboard is decided elsewhere.
 *
 * @see https://clerk.com/docs/references/backend/authenticate-request
 */

/** What the cookies say. */
export type ClerkVisitor =
  | { readonly kind: "user"; readonly userId: string }
  /** Clerk wants to see the browser first: status 307 and these headers. */
  | { readonly kind: "handshake"; readonly headers: Headers }
  | { readonly kind: "nobody" };

/** Keys of the Clerk instance. */
export interface ClerkSessionKeys {
  readonly publishableKey: string;
  readonly secretKey: string;
  /** PEM; undefined has the keys fetched. */
  readonly jwtKey: string | undefined;
}

/** Reads who is signed in at Clerk. */
export type ReadClerkVisitor = (request: Request) => Promise<ClerkVisitor>;

/**
 * Makes the reader; Clerk's library is loaded with the first question, for
 * starting is to be quick.
 *
 * @param keys Of the instance.
 * @returns The reader; the request's URL must be the one that browsers see.
 */
export function createClerkVisitorReader(
  { publishableKey, secretKey, jwtKey }: ClerkSessionKeys,
): ReadClerkVisitor {
  const openClient = async () => {
    const { createClerkClient } = await import("@clerk/backend");
    return createClerkClient({
      publishableKey,
      secretKey,
      ...(jwtKey === undefined ? {} : { jwtKey }),
      telemetry: { disabled: true },
    });
  };
  let client: ReturnType<typeof openClient> | undefined;
  return async function readClerkVisitor(request) {
    client ??= openClient();
    const state = await (await client).authenticateRequest(request);
    if (state.status === "handshake") {
      return { kind: "handshake", headers: state.headers };
    }
    // A session that still has a task to do counts as signed in and has no user.
    const { userId, sessionClaims } = state.toAuth() ?? {};
    return userId && isMeantFor(request.url, sessionClaims?.azp)
      ? { kind: "user", userId }
      : { kind: "nobody" };
  };
}

/**
 * Tells whether a token was made for this site and not for another application
 * of the same instance. Clerk leaves `azp` out of what it makes while a browser
 * moves from page to page, as it does on the way back to us, so that the SDK's
 * `authorizedParties`, which wants it there, would lock everybody out. Hosts are
 * compared and ports are not, for cookies do not tell ports apart.
 *
 * @see https://clerk.com/docs/guides/sessions/manual-jwt-verification
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-8.5
 */
function isMeantFor(url: string, azp: string | undefined): boolean {
  return !azp || URL.parse(azp)?.hostname === new URL(url).hostname;
}

/**
 * Finds the page where people sign in: the instance's Account Portal.
 *
 * @param publishableKey `pk_…`, which holds the instance's host.
 * @param returnTo Where Clerk leads back to.
 * @returns The page's URL.
 * @throws {TypeError} when the key holds no host.
 */
export function accountPortalUrl(
  publishableKey: string,
  returnTo: string,
): string {
  const host = atob(publishableKey.split("_")[2] ?? "").replace(/\$$/, "");
  // clerk.example.com and name.clerk.accounts.dev each have a sister.
  const portal = host.replace(/clerk\.accounts\.|clerk\./, "accounts.");
  const url = new URL(`https://${portal}/sign-in`);
  url.searchParams.set("redirect_url", returnTo);
  return url.href;
}
