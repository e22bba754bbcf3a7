/**
 * The headers that keep a browser from doing with our pages what we do not
 * mean: sniffing, framing, leaking addresses, running what others wrote.
 *
 * The policy's nonce is Fresh's; this file only makes what `csp()` leaves strict.
 * It sets no cookie and decides on no request.
 *
 * @see https://www.w3.org/TR/CSP3/
 */

/** Directives that replace those of `csp()`; scripts get the page's nonce. */
export const POLICY_DIRECTIVES: readonly string[] = [
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "worker-src 'none'",
  "media-src 'none'",
];

/** The policy of pages that never have a script, such as error pages. */
const SCRIPTLESS_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const FIXED_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

const POLICY = "content-security-policy";

/** How the site is reached. */
export interface SiteOptions {
  /** Whether browsers come by https, perhaps through a proxy. */
  readonly isSecure: boolean;
}

/**
 * Sets the headers on an answer, a policy without `unsafe-inline` among them.
 *
 * @param headers Changed in place; a policy that is there is kept and tightened.
 * @param options How the site is reached.
 */
export function setSecurityHeaders(
  headers: Headers,
  { isSecure }: SiteOptions,
): void {
  for (const [name, value] of Object.entries(FIXED_HEADERS)) {
    headers.set(name, value);
  }
  headers.set(
    POLICY,
    tighten(headers.get(POLICY) ?? SCRIPTLESS_POLICY, isSecure),
  );
  if (isSecure) {
    headers.set("strict-transport-security", "max-age=31536000");
  }
}

/** Without https there is nothing that requests could be upgraded to. */
function tighten(policy: string, isSecure: boolean): string {
  return policy
    .split("; ")
    .map((directive) => directive.replace(" 'unsafe-inline'", ""))
    .filter((directive) =>
      isSecure || directive !== "upgrade-insecure-requests"
    )
    .join("; ");
}
