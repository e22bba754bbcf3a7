import { assertEquals } from "@std/assert";
import { ADMIN, roleNow, roleOf } from "./team.ts";

const TEAM = {
  operators: ["ada@example.com"],
  viewers: ["grace@example.com", "ada@example.com"],
};

Deno.test("roleOf() finds the higher role, whatever the case", () => {
  assertEquals(roleOf("Ada@Example.com", TEAM), "operator");
  assertEquals(roleOf("grace@example.com", TEAM), "viewer");
});

Deno.test("roleOf() lets nobody in by a part of an address", () => {
  const others = ["", "eve@example.com", "ada@example.com.evil.example", "ada"];
  for (const email of others) assertEquals(roleOf(email, TEAM), null, email);
});

Deno.test("roleNow() takes away what the lists no longer give", () => {
  const role = "operator" as const;
  assertEquals(roleNow({ name: "grace@example.com", role }, TEAM), "viewer");
  assertEquals(roleNow({ name: "eve@example.com", role }, TEAM), null);
});

Deno.test("roleNow() leaves the admin alone", () => {
  assertEquals(roleNow({ name: ADMIN, role: "operator" }, TEAM), "operator");
});
