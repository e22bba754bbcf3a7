import { assertEquals } from "@std/assert";
import { parseSender } from "./sender.ts";

Deno.test("parseSender() reads names and addresses as people write them", async (t) => {
  const cases: [string, string, string][] = [
    ["Acme <hello@acme.example>", "Acme", "hello@acme.example"],
    ['"Acme, Inc." <hello@acme.example>', "Acme, Inc.", "hello@acme.example"],
    ["hello@acme.example", "acme.example", "hello@acme.example"],
    ["<hello@acme.example>", "acme.example", "hello@acme.example"],
  ];
  for (const [from, product, address] of cases) {
    await t.step(from, () => {
      assertEquals(parseSender(from), { product, address });
    });
  }
});
