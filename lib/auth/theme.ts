/**
 * The colour scheme that somebody chose, in a cookie of the browser; without a
 * choice the system decides. It is no secret and grants nothing.
 */

/** The choices, in the order in which they are offered. */
export const THEMES = ["system", "light", "dark"] as const;

/** One of the choices. */
export type Theme = typeof THEMES[number];

const COOKIE = "rollcall_theme";
const YEAR_S = 365 * 24 * 60 * 60;

/**
 * Reads the choice.
 *
 * @param headers The request's headers.
 * @returns The choice; `system` when there is none.
 */
export function readTheme(headers: Headers): Theme {
  const cookie = headers.get("cookie") ?? "";
  const value = new RegExp(`(?:^|;\\s*)${COOKIE}=(\\w+)`).exec(cookie)?.[1];
  return toTheme(value);
}

/**
 * Makes a choice of unknown input.
 *
 * @param value Anything.
 * @returns The choice that it names, else `system`.
 */
export function toTheme(value: unknown): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

/**
 * Makes the Set-Cookie header that keeps a choice for a year.
 *
 * @param theme The choice; `system` forgets what was chosen.
 * @returns The header's value.
 */
export function keepTheme(theme: Theme): string {
  const maxAgeS = theme === "system" ? 0 : YEAR_S;
  return `${COOKIE}=${theme}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax`;
}
