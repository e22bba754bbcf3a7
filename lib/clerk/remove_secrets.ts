/**
 * Takes live codes and tickets out of an event before it is sent, stored or
 * logged: whoever reads our database must not be able to sign in with it.
 *
 * E-mails and text messages are reduced to the fields that say what was sent to
 * whom; their subject, body and template data all repeat the code. Invitations
 * lose the URL that holds the ticket. Every other event is searched for keys and
 * URLs of that kind, except the ones that carry none and come by the thousand.
 */

const EMAIL_FIELDS = [
  "id",
  "object",
  "slug",
  "status",
  "user_id",
  "email_address_id",
  "to_email_address",
  "from_email_name",
  "delivered_by_clerk",
] as const;

const SMS_FIELDS = [
  "id",
  "object",
  "slug",
  "status",
  "user_id",
  "phone_number_id",
  "from_phone_number",
  "to_phone_number",
  "delivered_by_clerk",
  "created_at_ms",
] as const;

const SECRET_KEYS = new Set([
  "otp_code",
  "ticket",
  "token",
  "code",
  "magic_link",
]);
const TICKET_URL = /[?&#](__clerk_)?(ticket|token|code)=/;
const WITHOUT_SECRETS =
  /^(user|organization|organizationMembership|subscription|subscriptionItem|paymentAttempt)\./;

type Data = Readonly<Record<string, unknown>>;

/**
 * Removes what would let its reader sign in.
 *
 * @param type Clerk's event type.
 * @param data The event's data; not changed.
 * @returns The data without codes and tickets; itself when it had none to lose.
 */
export function removeSecrets(type: string, data: Data): Data {
  if (type.startsWith("email.")) return pick(data, EMAIL_FIELDS);
  if (type.startsWith("sms.")) return pick(data, SMS_FIELDS);
  if (!mayHoldSecrets(type)) return data;
  return withoutSecrets(data, isInvitation(type, data)) as Data;
}

/**
 * Tells whether events of a type may carry codes or tickets at all.
 *
 * @param type Clerk's event type.
 * @returns False for those that are known to carry none.
 */
export function mayHoldSecrets(type: string): boolean {
  return !WITHOUT_SECRETS.test(type);
}

function pick(data: Data, fields: readonly string[]): Data {
  return Object.fromEntries(
    fields.filter((field) => Object.hasOwn(data, field)).map((
      field,
    ) => [field, data[field]]),
  );
}

function isInvitation(type: string, data: Data): boolean {
  return /invitation/i.test(type) || /invitation/i.test(String(data.object));
}

function withoutSecrets(value: unknown, isInvite: boolean): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => !isTicketUrl(item))
      .map((item) => withoutSecrets(item, isInvite));
  }
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    if (SECRET_KEYS.has(key) || (isInvite && key === "url")) continue;
    if (isTicketUrl(child)) continue;
    const isChildInvite = isInvite || /invitation/i.test(key);
    Object.defineProperty(kept, key, {
      value: withoutSecrets(child, isChildInvite),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return kept;
}

function isTicketUrl(value: unknown): boolean {
  return typeof value === "string" && TICKET_URL.test(value);
}
