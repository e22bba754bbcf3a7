import { assertEquals } from "@std/assert";
import { ManualClock } from "../../tests/support/clerk_api/manual_clock.ts";
import { createPasswordGate, type PasswordGate } from "./password_gate.ts";

const RIGHT = "correct horse battery";

function setUp(): { clock: ManualClock; check: PasswordGate } {
  const clock = new ManualClock();
  return { clock, check: createPasswordGate(RIGHT, clock) };
}

async function fail(check: PasswordGate, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    assertEquals(await check("wrong"), { kind: "wrong" });
  }
}

Deno.test("checkPassword() opens for the right password", async () => {
  const { check } = setUp();
  assertEquals(await check(RIGHT), { kind: "open" });
});

for (const attempt of ["", "correct", `${RIGHT} `, RIGHT.toUpperCase()]) {
  Deno.test(`checkPassword() finds ${JSON.stringify(attempt)} wrong`, async () => {
    const { check } = setUp();
    assertEquals(await check(attempt), { kind: "wrong" });
  });
}

Deno.test("checkPassword() closes after ten failures, for the right one too", async () => {
  const { check } = setUp();
  await fail(check, 10);
  assertEquals(await check(RIGHT), { kind: "closed", retryAfterS: 60 });
});

Deno.test("checkPassword() tells how many seconds it stays closed", async () => {
  const { clock, check } = setUp();
  await fail(check, 10);
  clock.advance(58_500);
  assertEquals(await check(RIGHT), { kind: "closed", retryAfterS: 2 });
});

Deno.test("checkPassword() opens again when the minute is over", async () => {
  const { clock, check } = setUp();
  await fail(check, 10);
  clock.advance(60_000);
  assertEquals(await check(RIGHT), { kind: "open" });
  await fail(check, 10);
  assertEquals((await check(RIGHT)).kind, "closed");
});

Deno.test("checkPassword() does not count right passwords", async () => {
  const { check } = setUp();
  for (let i = 0; i < 20; i++) {
    assertEquals(await check(RIGHT), { kind: "open" });
  }
  await fail(check, 10);
});

Deno.test("checkPassword() lets no more than ten guesses in at once", async () => {
  const { check } = setUp();
  const guesses = Array.from({ length: 100 }, (_, i) => check(`guess ${i}`));
  const answers = await Promise.all(guesses);
  assertEquals(answers.filter(({ kind }) => kind === "wrong").length, 10);
  assertEquals(answers.filter(({ kind }) => kind === "closed").length, 90);
});
