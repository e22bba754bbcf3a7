/**
 * A population that is computed, not stored: user i follows from i and a seed,
 * so a million of them take no memory.
 *
 * Invariant that paging relies on: index order, (created_at, id) order and
 * (updated_at, id) order are the same. Every 97th user shares its created_at
 * with the one before, for real populations have ties. It knows nothing of
 * changes: {@linkcode UserStore} lays those over it.
 */

import { makeClerkId, readClerkId } from "./clerk_id.ts";
import {
  buildEmailAddress,
  buildPhoneNumber,
  buildUser,
  type ClerkUser,
  type UserSeed,
} from "./clerk_user.ts";
import { hashOf } from "./seeded_random.ts";

const FIRST_NAMES =
  "Wren Marlo Odell Pim Zoë Ines Tarn Juno Søren Aiko Noor Bela Cyrus Dagny Ewa"
    .split(" ");
const LAST_NAMES =
  "Talloway Vexford Quillfeather O'Dunmore Lindqvist Márquez Nakagawa Okafor"
    .split(" ");
const TIE_EVERY = 97;
const UPDATE_DELAY_MS = 23; // Clerk's own examples show updated_at just behind

/** Which population to compute. */
export interface GeneratedUsersOptions {
  /** How many users there are. */
  readonly count: number;
  /** Same seed, same users. Default 1. */
  readonly seed?: number;
  /** created_at of the first user, Unix ms. Default 2024-01-01. */
  readonly sinceMs?: number;
  /** Mean distance of two sign-ups, ms. Default one minute. */
  readonly spacingMs?: number;
}

/** Users by index; nothing in here changes after it is made. */
export interface GeneratedUsers {
  readonly count: number;
  /** Computes one user; two calls give equal but separate objects. */
  at(index: number): ClerkUser;
  /** The id alone, cheaper than {@linkcode GeneratedUsers.at}. */
  idAt(index: number): string;
  createdAtMs(index: number): number;
  updatedAtMs(index: number): number;
  /** The index behind an id, or -1 when no generated user bears it. */
  indexOf(id: string): number;
}

/**
 * Describes a population without making any of it.
 *
 * @param options Size, seed and spread in time.
 * @returns Access by index and by id, in constant memory.
 */
export function createGeneratedUsers(
  options: GeneratedUsersOptions,
): GeneratedUsers {
  const { count, seed = 1, sinceMs = Date.UTC(2024, 0, 1) } = options;
  const spacingMs = options.spacingMs ?? 60_000;

  function createdAtMs(index: number): number {
    const slot = index % TIE_EVERY === TIE_EVERY - 1 ? index - 1 : index;
    return sinceMs + slot * spacingMs + hashOf(seed, slot) % spacingMs;
  }
  const idAt = (index: number) =>
    makeClerkId("user", createdAtMs(index), index, seed);

  return {
    count,
    idAt,
    createdAtMs,
    updatedAtMs: (index) => createdAtMs(index) + UPDATE_DELAY_MS,
    at: (index) => generateUser(idAt(index), index, createdAtMs(index), seed),
    indexOf(id) {
      const serial = readClerkId(id)?.serial ?? count;
      return serial < count && idAt(serial) === id ? serial : -1;
    },
  };
}

function generateUser(
  id: string,
  index: number,
  createdAtMs: number,
  seed: number,
): ClerkUser {
  const roll = hashOf(seed + 7, index);
  const first = FIRST_NAMES[roll % FIRST_NAMES.length] ?? "Wren";
  const last = LAST_NAMES[(roll >>> 8) % LAST_NAMES.length] ?? "Talloway";
  const usual: UserSeed = {
    id,
    created_at: createdAtMs,
    updated_at: createdAtMs + UPDATE_DELAY_MS,
    first_name: first,
    last_name: last,
    external_id: roll % 5 === 0 ? `crm-${index}` : null,
    public_metadata: roll % 7 === 0 ? { plan: "pro", seats: roll % 40 } : {},
    banned: roll % 211 === 0,
  };
  return buildUser({
    ...usual,
    ...generateIdentity(index, createdAtMs, seed, `${first}.${last}`),
  });
}

/** Most sign up by e-mail; some by telephone or with a username alone. */
function generateIdentity(
  index: number,
  createdAtMs: number,
  seed: number,
  name: string,
): Partial<ClerkUser> {
  const kind = hashOf(seed + 11, index) % 100;
  const idn = (nth: number) =>
    makeClerkId("idn", createdAtMs, index, seed + 100 * nth);
  if (kind < 6) {
    const number = `+1202${String(index).padStart(7, "0")}`;
    const phone = buildPhoneNumber(idn(1), number, createdAtMs);
    return { phone_numbers: [phone], password_enabled: false };
  }
  if (kind < 9) return { username: `pebble_skipper_${index}` };
  const address = `${toAscii(name)}.${index}@example.com`;
  const email = buildEmailAddress(idn(1), address, createdAtMs, kind >= 12);
  if (kind < 16) {
    const old = buildEmailAddress(idn(2), `old.${address}`, createdAtMs, false);
    return { email_addresses: [old, email], primary_email_address_id: idn(1) };
  }
  return { email_addresses: [email] };
}

function toAscii(name: string): string {
  return name.toLowerCase().normalize("NFD").replaceAll(/[^a-z.]/g, "");
}
