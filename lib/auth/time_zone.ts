/**
 * The time zone in which somebody wants to read times, in a cookie of the
 * browser; UTC without a choice. It is no secret and grants nothing.
 */

const COOKIE = "rollcall_zone";
const YEAR_S = 365 * 24 * 60 * 60;

/** The zone without a choice. */
export const UTC = "UTC";

/** Writes instants in one zone. */
export interface TimeFormat {
  /** IANA name of the zone. */
  readonly zone: string;
  /** @returns Date, time to the second and the zone. */
  format(at: Date): string;
}

/**
 * Reads the choice.
 *
 * @param headers The request's headers.
 * @returns The zone's IANA name.
 */
export function readTimeZone(headers: Headers): string {
  const cookie = headers.get("cookie") ?? "";
  const value = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w/+-]+)`).exec(cookie)
    ?.[1];
  return toTimeZone(value);
}

/**
 * Makes a zone of unknown input.
 *
 * @param value Anything.
 * @returns The zone that it names, else UTC.
 */
export function toTimeZone(value: unknown): string {
  if (typeof value !== "string" || !/^[\w/+-]{1,64}$/.test(value)) return UTC;
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return value;
  } catch (error) {
    if (error instanceof RangeError) return UTC;
    throw error;
  }
}

/**
 * Makes the Set-Cookie header that keeps a choice for a year.
 *
 * @param zone The zone; UTC forgets what was chosen.
 * @returns The header's value.
 */
export function keepTimeZone(zone: string): string {
  const maxAgeS = zone === UTC ? 0 : YEAR_S;
  return `${COOKIE}=${zone}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax`;
}

/**
 * Makes the way to write instants in a zone.
 *
 * @param zone An IANA name that {@linkcode toTimeZone} let pass.
 * @returns The format.
 */
export function createTimeFormat(zone: string): TimeFormat {
  if (zone === UTC) return { zone, format: formatUtc };
  // Swedish writes dates as ISO 8601 does.
  const formatter = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  return { zone, format: (at) => `${formatter.format(at)} ${zone}` };
}

/** As the formatter would, but a page has a hundred of them to write. */
function formatUtc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace("T", " ")} ${UTC}`;
}
