import { assert, assertEquals } from "@std/assert";
import { deserialize, serialize } from "bson";
import { CLERK_PAYLOADS, dataOf } from "../../tests/support/clerk_payloads.ts";
import { type ClerkUser, clerkUser } from "../events.ts";
import { toUserFields } from "./user_document.ts";

function user(changes: Partial<ClerkUser>): ClerkUser {
  return { id: "user_1", public_metadata: {}, ...changes };
}

const users = CLERK_PAYLOADS.filter(({ expect }) => expect !== undefined);

Deno.test("the fixtures hold users to read", () => {
  assert(users.length >= 30);
});

for (const payload of users) {
  Deno.test(`toUserFields() reads ${payload.file}`, () => {
    const clerk = clerkUser.parse(dataOf(payload));
    const fields = toUserFields(clerk);
    assertEquals({
      primaryEmail: fields.email,
      primaryEmailVerified: fields.email_verified,
      emails: clerk.email_addresses?.length,
      updatedAt: fields.clerk_updated_at?.getTime(),
      banned: fields.banned,
      locked: fields.locked,
    }, payload.expect);
  });
}

Deno.test("toUserFields() yields no field for an absent key", () => {
  assertEquals(toUserFields(clerkUser.parse({ id: "user_1" })), {});
});

Deno.test("toUserFields() yields null for a cleared key", () => {
  const fields = toUserFields(user({
    primary_email_address_id: null,
    primary_phone_number_id: null,
    first_name: null,
    last_name: null,
    image_url: null,
    external_id: null,
    public_metadata: null,
  }));
  assertEquals(fields, {
    email: null,
    email_verified: null,
    phone: null,
    first_name: null,
    last_name: null,
    full_name: null,
    profile_picture: null,
    external_id: null,
    public_metadata: null,
  });
});

Deno.test("toUserFields() never reads private or unsafe metadata", () => {
  const fields = toUserFields(user({
    private_metadata: { secret: "salary" },
    unsafe_metadata: { secret: "theme" },
  }));
  assertEquals(fields, { public_metadata: {} });
});

const NAMES: readonly {
  readonly first: string | null | undefined;
  readonly last: string | null | undefined;
  readonly stored?: {
    readonly first_name: string | null;
    readonly last_name: string | null;
  };
  readonly full: string | null | undefined;
}[] = [
  { first: "Ann", last: "Lee", full: "Ann Lee" },
  { first: "Ann", last: null, full: "Ann" },
  { first: null, last: "Lee", full: "Lee" },
  { first: null, last: null, full: null },
  { first: "", last: " ", full: null },
  { first: " Ann ", last: "Lee", full: "Ann Lee" },
  { first: undefined, last: undefined, full: undefined },
  {
    first: "Ann",
    last: undefined,
    stored: { first_name: "Old", last_name: "Lee" },
    full: "Ann Lee",
  },
  {
    first: undefined,
    last: null,
    stored: { first_name: "Old", last_name: "Lee" },
    full: "Old",
  },
];

for (const { first, last, stored, full } of NAMES) {
  const given = JSON.stringify([first ?? `${first}`, last ?? `${last}`]);
  const before = stored ? ` over ${JSON.stringify(stored)}` : "";
  Deno.test(`toUserFields() joins the names ${given}${before}`, () => {
    const names = {
      ...(first === undefined ? {} : { first_name: first }),
      ...(last === undefined ? {} : { last_name: last }),
    };
    const fields = toUserFields(user(names), stored);
    assertEquals(fields.full_name, full);
    assertEquals("first_name" in fields, first !== undefined);
    assertEquals("last_name" in fields, last !== undefined);
  });
}

Deno.test("toUserFields() yields text that comes back from BSON unchanged", () => {
  const lone = "a\ud800";
  const fields = toUserFields(user({
    first_name: lone,
    last_name: lone,
    image_url: lone,
    external_id: lone,
    primary_email_address_id: "idn_1",
    email_addresses: [{ id: "idn_1", email_address: lone }],
    primary_phone_number_id: "idn_2",
    phone_numbers: [{ id: "idn_2", phone_number: lone }],
    public_metadata: { [lone]: lone },
  }));
  assertEquals(deserialize(serialize(fields)), fields);
});
