/**
 * The parts of EMAIL_FROM, such as `Acme <hello@acme.example>`: the name is that
 * of the product whose users are written to.
 *
 * Source: RFC 5322 §3.4, without comments and groups.
 */

/** Who writes. */
export interface Sender {
  /** The display name; the address' domain where there is none. */
  readonly product: string;
  readonly address: string;
}

/**
 * Takes a sender apart.
 *
 * @param from A display name and an address in angle brackets, or an address.
 * @returns Both.
 */
export function parseSender(from: string): Sender {
  const [, name = "", bracketed] = /^(.*?)\s*<([^<>]+)>\s*$/.exec(from) ?? [];
  const address = bracketed ?? from.trim();
  const product = name.trim().replace(/^"(.*)"$/, "$1");
  return { product: product || address.replace(/^.*@/, ""), address };
}
