import { assertEquals } from "@std/assert";
import type { ClerkUser } from "../events.ts";
import { primaryEmail, primaryPhone } from "./primary_contact.ts";

const EMAILS = [
  { id: "idn_1", email_address: "first@example.com", verification: null },
  {
    id: "idn_2",
    email_address: "second@example.com",
    verification: { status: "verified" },
  },
];

const EMAIL_CASES: readonly {
  readonly name: string;
  readonly user: Partial<ClerkUser>;
  readonly expected: ReturnType<typeof primaryEmail>;
}[] = [
  {
    name: "finds the address that the id points at, not the first",
    user: { primary_email_address_id: "idn_2", email_addresses: EMAILS },
    expected: { address: "second@example.com", isVerified: true },
  },
  {
    name: "counts an address without verification as unverified",
    user: { primary_email_address_id: "idn_1", email_addresses: EMAILS },
    expected: { address: "first@example.com", isVerified: false },
  },
  {
    name: "is null when the id is null, whatever addresses there are",
    user: { primary_email_address_id: null, email_addresses: EMAILS },
    expected: null,
  },
  {
    name: "is null when the id points nowhere",
    user: { primary_email_address_id: "idn_9", email_addresses: EMAILS },
    expected: null,
  },
  {
    name: "does not take an address without an id for the primary one",
    user: {
      primary_email_address_id: "idn_9",
      email_addresses: [{ email_address: "anonymous@example.com" }],
    },
    expected: null,
  },
  {
    name: "is undefined when the payload lacks the id",
    user: { email_addresses: EMAILS },
    expected: undefined,
  },
  {
    name: "is undefined when the payload lacks the addresses",
    user: { primary_email_address_id: "idn_1" },
    expected: undefined,
  },
];

for (const { name, user, expected } of EMAIL_CASES) {
  Deno.test(`primaryEmail() ${name}`, () => {
    const whole = { id: "user_1", public_metadata: {}, ...user };
    assertEquals(primaryEmail(whole), expected);
  });
}

const PHONES = [
  { id: "idn_3", phone_number: "+15555550100" },
  { id: "idn_4", phone_number: "+15555550101" },
];

const PHONE_CASES: readonly {
  readonly name: string;
  readonly user: Partial<ClerkUser>;
  readonly expected: ReturnType<typeof primaryPhone>;
}[] = [
  {
    name: "finds the number that the id points at, not the first",
    user: { primary_phone_number_id: "idn_4", phone_numbers: PHONES },
    expected: "+15555550101",
  },
  {
    name: "is null when the id is null",
    user: { primary_phone_number_id: null, phone_numbers: PHONES },
    expected: null,
  },
  {
    name: "is null when the id points nowhere",
    user: { primary_phone_number_id: "idn_9", phone_numbers: PHONES },
    expected: null,
  },
  {
    name: "is undefined when the payload lacks the id",
    user: { phone_numbers: PHONES },
    expected: undefined,
  },
  {
    name: "is undefined when the payload lacks the numbers",
    user: { primary_phone_number_id: "idn_3" },
    expected: undefined,
  },
];

for (const { name, user, expected } of PHONE_CASES) {
  Deno.test(`primaryPhone() ${name}`, () => {
    const whole = { id: "user_1", public_metadata: {}, ...user };
    assertEquals(primaryPhone(whole), expected);
  });
}
