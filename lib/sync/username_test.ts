import { assertEquals } from "@std/assert";
import type { ClerkUser } from "../events.ts";
import { chooseUsername, type ChosenUsername, withSuffix } from "./username.ts";

function user(changes: Partial<ClerkUser> = {}): ClerkUser {
  return {
    id: "user_1",
    username: null,
    primary_email_address_id: "idn_1",
    email_addresses: [{ id: "idn_1", email_address: "ann@example.com" }],
    public_metadata: {},
    ...changes,
  };
}

const CASES: readonly {
  readonly name: string;
  readonly user: ClerkUser;
  readonly stored?: ChosenUsername;
  readonly expected: ChosenUsername;
}[] = [
  {
    name: "takes Clerk's own name",
    user: user({ username: "wren" }),
    expected: { username: "wren", clerkUsername: "wren" },
  },
  {
    name: "takes the local part of the primary address without one",
    user: user(),
    expected: { username: "ann", clerkUsername: null },
  },
  {
    name: "treats an empty name like none",
    user: user({ username: "" }),
    expected: { username: "ann", clerkUsername: null },
  },
  {
    name: "takes everything before the last @",
    user: user({
      email_addresses: [{ id: "idn_1", email_address: '"a@b"@example.com' }],
    }),
    expected: { username: '"a@b"', clerkUsername: null },
  },
  {
    name: "takes the id without an address",
    user: user({ primary_email_address_id: null, email_addresses: [] }),
    expected: { username: "user_1", clerkUsername: null },
  },
  {
    name: "takes the id when the address has no local part",
    user: user({
      email_addresses: [{ id: "idn_1", email_address: " @example.com" }],
    }),
    expected: { username: "user_1", clerkUsername: null },
  },
  {
    name: "takes the id rather than an address that is not primary",
    user: user({ primary_email_address_id: "idn_2" }),
    expected: { username: "user_1", clerkUsername: null },
  },
  {
    name: "keeps a derived name when the address changes",
    user: user(),
    stored: { username: "old", clerkUsername: null },
    expected: { username: "old", clerkUsername: null },
  },
  {
    name: "replaces a derived name by Clerk's own",
    user: user({ username: "wren" }),
    stored: { username: "ann", clerkUsername: null },
    expected: { username: "wren", clerkUsername: "wren" },
  },
  {
    name: "follows a change of Clerk's own name",
    user: user({ username: "robin" }),
    stored: { username: "wren", clerkUsername: "wren" },
    expected: { username: "robin", clerkUsername: "robin" },
  },
  {
    name: "keeps the suffix while Clerk's own name stays",
    user: user({ username: "wren" }),
    stored: { username: "wren_k3x9qz", clerkUsername: "wren" },
    expected: { username: "wren_k3x9qz", clerkUsername: "wren" },
  },
  {
    name: "tells a suffix from a shortened name that looks alike",
    user: user({ username: "john" }),
    stored: { username: "john_wright", clerkUsername: "john_wright" },
    expected: { username: "john", clerkUsername: "john" },
  },
  {
    name: "derives a name when Clerk's own is cleared",
    user: user({ username: null }),
    stored: { username: "wren", clerkUsername: "wren" },
    expected: { username: "ann", clerkUsername: null },
  },
  {
    name: "keeps Clerk's own name when the payload does not speak of it",
    user: (({ username: _, ...rest }) => rest)(user()),
    stored: { username: "wren", clerkUsername: "wren" },
    expected: { username: "wren", clerkUsername: "wren" },
  },
  {
    name: "replaces lone surrogates, which cannot be stored",
    user: user({ username: "a\ud800" }),
    expected: { username: "a\ufffd", clerkUsername: "a\ufffd" },
  },
];

for (const { name, user, stored, expected } of CASES) {
  Deno.test(`chooseUsername() ${name}`, () => {
    assertEquals(chooseUsername(user, stored), expected);
  });
}

Deno.test("withSuffix() keeps the name in front", () => {
  assertEquals(withSuffix("wren", "k3x9qz"), "wren_k3x9qz");
});
