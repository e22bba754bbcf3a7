import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { composeEmail } from "./compose_email.tsx";
import { ONBOARDING_LETTERS } from "./onboarding_emails.tsx";
import { WELCOME_LETTER } from "./welcome_email.tsx";

const LETTERS = [WELCOME_LETTER, ...ONBOARDING_LETTERS];

Deno.test("composeEmail() writes every letter in HTML and in plain text", async (t) => {
  for (const [index, letter] of LETTERS.entries()) {
    await t.step(`letter ${index}`, async () => {
      const email = await composeEmail(letter, "Acme", "Ada");
      assertStringIncludes(email.subject, "Acme");
      assertStringIncludes(email.html, "<!DOCTYPE html");
      assertStringIncludes(email.html, "Hello Ada,");
      assertStringIncludes(email.text, "Hello Ada,");
      assertStringIncludes(email.text, "because you have signed up for Acme");
      assert(!/<\w/.test(email.text), email.text);
    });
  }
});

Deno.test("composeEmail() writes the same letter in the same bytes", async () => {
  assertEquals(
    await composeEmail(WELCOME_LETTER, "Acme", "Ada"),
    await composeEmail(WELCOME_LETTER, "Acme", "Ada"),
  );
});

Deno.test("composeEmail() escapes the product's name and drops a hostile first name", async () => {
  const { html } = await composeEmail(
    WELCOME_LETTER,
    "A<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
  );
  assert(!html.includes("<script"));
  assert(!html.includes("<img"));
  assertStringIncludes(html, "A&lt;script&gt;");
});

Deno.test("ONBOARDING_LETTERS say how to get no more of them", async () => {
  for (const letter of ONBOARDING_LETTERS) {
    const { text } = await composeEmail(letter, "Acme", null);
    assertStringIncludes(text, '"unsubscribe"');
  }
});
