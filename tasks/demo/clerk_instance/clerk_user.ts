/**
 * The User of Clerk's wire, as the simulated instance keeps and serves it, and
 * the one place that fills in its 46 fields.
 *
 * Webhook `data` and `GET /v1/users/{id}` share this schema. Field names are
 * Clerk's own (snake_case); instants are Unix ms. It holds no state.
 *
 * Source: clerk/openapi-specs, bapi/2026-05-12, schema `User`.
 */

/** Free-form metadata; JSON null is legal, for `PUT …/metadata` stores it. */
export type ClerkMetadata = Record<string, unknown> | null;

/** How an identification came to be trusted, or that it is not. */
export interface ClerkVerification {
  object: string;
  status: string;
  strategy: string;
  attempts: number | null;
  expire_at: number | null;
}

/** One address of a user; which one is primary the user says, not the address. */
export interface ClerkEmailAddress {
  id: string;
  object: "email_address";
  email_address: string;
  reserved: boolean;
  verification: ClerkVerification | null;
  linked_to: { id: string; type: string }[];
  matches_sso_connection: boolean;
  created_at: number;
  updated_at: number;
}

/** One telephone number of a user, in E.164. */
export interface ClerkPhoneNumber {
  id: string;
  object: "phone_number";
  phone_number: string;
  reserved: boolean;
  reserved_for_second_factor: boolean;
  default_second_factor: boolean;
  backup_codes: string[] | null;
  verification: ClerkVerification | null;
  linked_to: { id: string; type: string }[];
  created_at: number;
  updated_at: number;
}

/** A user as Clerk sends it. Parts that a sync never reads stay `unknown`. */
export interface ClerkUser {
  id: string;
  object: "user";
  external_id: string | null;
  username: string | null;
  first_name: string | null;
  last_name: string | null;
  locale: string | null;
  image_url: string;
  profile_image_url: string;
  has_image: boolean;
  primary_email_address_id: string | null;
  primary_phone_number_id: string | null;
  primary_web3_wallet_id: string | null;
  email_addresses: ClerkEmailAddress[];
  phone_numbers: ClerkPhoneNumber[];
  web3_wallets: unknown[];
  passkeys: unknown[];
  external_accounts: unknown[];
  saml_accounts: unknown[];
  enterprise_accounts: unknown[];
  password_enabled: boolean;
  two_factor_enabled: boolean;
  totp_enabled: boolean;
  backup_code_enabled: boolean;
  mfa_enabled_at: number | null;
  mfa_disabled_at: number | null;
  password_last_updated_at: number | null;
  public_metadata: ClerkMetadata;
  private_metadata: ClerkMetadata;
  unsafe_metadata: ClerkMetadata;
  last_sign_in_at: number | null;
  last_active_at: number | null;
  banned: boolean;
  locked: boolean;
  deprovisioned: boolean;
  lockout_expires_in_seconds: number | null;
  verification_attempts_remaining: number | null;
  created_at: number;
  updated_at: number;
  delete_self_enabled: boolean;
  create_organization_enabled: boolean;
  create_organizations_limit: number | null;
  legal_accepted_at: number | null;
  bypass_client_trust: boolean;
}

/** What a new user brings; all else gets the value that Clerk gives it. */
export type UserSeed =
  & Partial<ClerkUser>
  & Pick<ClerkUser, "id" | "created_at" | "updated_at">;

const DAY_MS = 86_400_000;
const CODE_VALID_MS = 600_000;

/**
 * Completes a user with Clerk's own values for a fresh sign-up.
 *
 * @param seed Id, instants, and whatever else differs from the usual.
 * @returns A user with every field of the schema.
 */
export function buildUser(seed: UserSeed): ClerkUser {
  const imageUrl = `https://img.clerk.com/${seed.id}`;
  return {
    object: "user",
    external_id: null,
    username: null,
    first_name: null,
    last_name: null,
    locale: null,
    image_url: imageUrl,
    profile_image_url: imageUrl,
    has_image: false,
    primary_email_address_id: seed.email_addresses?.[0]?.id ?? null,
    primary_phone_number_id: seed.phone_numbers?.[0]?.id ?? null,
    primary_web3_wallet_id: null,
    email_addresses: [],
    phone_numbers: [],
    web3_wallets: [],
    passkeys: [],
    external_accounts: [],
    saml_accounts: [],
    enterprise_accounts: [],
    password_enabled: true,
    two_factor_enabled: false,
    totp_enabled: false,
    backup_code_enabled: false,
    mfa_enabled_at: null,
    mfa_disabled_at: null,
    password_last_updated_at: seed.created_at,
    public_metadata: {},
    private_metadata: {},
    unsafe_metadata: {},
    last_sign_in_at: seed.created_at,
    last_active_at: seed.created_at - seed.created_at % DAY_MS,
    banned: false,
    locked: false,
    deprovisioned: false,
    lockout_expires_in_seconds: null,
    verification_attempts_remaining: 100,
    delete_self_enabled: true,
    create_organization_enabled: true,
    create_organizations_limit: null,
    legal_accepted_at: null,
    bypass_client_trust: false,
    ...seed,
  };
}

/**
 * Makes an address as a sign-up by e-mail code leaves it.
 *
 * @param id The `idn_…` that a user's `primary_email_address_id` may point at.
 * @param address The address itself.
 * @param createdAtMs Unix ms.
 * @param isVerified False gives a reserved address that nobody confirmed.
 * @returns The address with every field of the schema.
 */
export function buildEmailAddress(
  id: string,
  address: string,
  createdAtMs: number,
  isVerified = true,
): ClerkEmailAddress {
  return {
    id,
    object: "email_address",
    email_address: address,
    reserved: !isVerified,
    verification: isVerified
      ? buildCodeVerification("email_code", createdAtMs)
      : null,
    linked_to: [],
    matches_sso_connection: false,
    created_at: createdAtMs,
    updated_at: createdAtMs,
  };
}

/**
 * Makes a telephone number as a sign-up by text message leaves it.
 *
 * @param id The `idn_…` that a user's `primary_phone_number_id` may point at.
 * @param number E.164.
 * @param createdAtMs Unix ms.
 * @returns The number with every field of the schema.
 */
export function buildPhoneNumber(
  id: string,
  number: string,
  createdAtMs: number,
): ClerkPhoneNumber {
  return {
    id,
    object: "phone_number",
    phone_number: number,
    reserved: false,
    reserved_for_second_factor: false,
    default_second_factor: false,
    backup_codes: null,
    verification: buildCodeVerification("phone_code", createdAtMs),
    linked_to: [],
    created_at: createdAtMs,
    updated_at: createdAtMs,
  };
}

function buildCodeVerification(
  strategy: string,
  createdAtMs: number,
): ClerkVerification {
  return {
    object: "verification_otp",
    status: "verified",
    strategy,
    attempts: 1,
    expire_at: createdAtMs + CODE_VALID_MS,
  };
}
