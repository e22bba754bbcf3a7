import { assertEquals } from "@std/assert";
import { maskPayload } from "./mask_payload.ts";

Deno.test("maskPayload() hides what describes a person and keeps what explains a sync", () => {
  assertEquals(
    maskPayload({
      id: "user_1",
      object: "user",
      first_name: "Ada",
      external_id: "ada@example.com",
      banned: false,
      updated_at: 1_700_000_000_000,
      email_addresses: [{
        id: "idn_1",
        email_address: "ada@example.com",
        verification: { status: "verified", strategy: "email_code" },
      }],
    }),
    {
      id: "user_1",
      object: "user",
      first_name: "•••••",
      external_id: "•••••",
      banned: false,
      updated_at: 1_700_000_000_000,
      email_addresses: [{
        id: "idn_1",
        email_address: "•••••",
        verification: { status: "verified", strategy: "email_code" },
      }],
    },
  );
});

Deno.test("maskPayload() hides all of metadata but its keys", () => {
  assertEquals(
    maskPayload({
      public_metadata: { id: "secret", tags: ["a", 1], on: true },
    }),
    {
      public_metadata: { id: "•••••", tags: ["•••••", "•••••"], on: true },
    },
  );
});

Deno.test("maskPayload() hides a sentence under a key that promises an id", () => {
  assertEquals(maskPayload({ status: "call me at home" }), { status: "•••••" });
});
