/**
 * Whether browsers reach the site by https, also where a proxy ends TLS and the
 * request itself came by http: then PUBLIC_URL says so.
 */

/**
 * Tells whether cookies may be `Secure` and requests be upgraded.
 *
 * @param url The request's URL.
 * @param publicUrl The configured address, if any.
 * @returns Whether either is https.
 */
export function isSecureSite(
  url: URL,
  publicUrl: string | undefined,
): boolean {
  return url.protocol === "https:" || publicUrl?.startsWith("https:") === true;
}
