/**
 * Hands the nonce of a rendered page to `csp()`, without a header that would
 * give it away.
 */

const NONCES = new WeakMap<Response, string>();

/**
 * Keeps the nonce for as long as the answer lives.
 *
 * @param response The rendered page.
 * @param nonce The nonce of its scripts and styles.
 */
export function rememberNonce(response: Response, nonce: string): void {
  NONCES.set(response, nonce);
}

/**
 * Looks up the nonce of an answer.
 *
 * @param response Any answer.
 * @returns Its nonce; none if it was not rendered, or was copied since.
 */
export function recallNonce(response: Response): string | undefined {
  return NONCES.get(response);
}
