/**
 * How an e-mail addresses a person whose name anybody may have typed.
 *
 * A sign-up form takes any name, and mail programs turn what looks like an
 * address of the web into a link: without care, a welcome e-mail carries other
 * people's advertisements to whomever they want.
 */

/** Longer than people's first names, shorter than a message. */
const LONGEST_NAME = 40;

/**
 * The first line of an e-mail.
 *
 * @param firstName As Clerk has it, or null.
 * @returns `Hello Ada,` or, where the name is none to repeat, `Hello,`.
 */
export function greet(firstName: string | null): string {
  const name = firstName?.replaceAll(/\s+/g, " ").trim() ?? "";
  return isPlainName(name) ? `Hello ${name},` : "Hello,";
}

/** Letters of any script, and what may stand between them. */
function isPlainName(name: string): boolean {
  return name.length <= LONGEST_NAME &&
    /^\p{L}[\p{L}\p{M}\p{Zs}'’\-]*\.?$/u.test(name);
}
