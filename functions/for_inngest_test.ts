import { assertEquals, assertRejects } from "@std/assert";
import { NonRetriableError, RetryAfterError } from "inngest";
import { ClerkApiError } from "../lib/clerk/clerk_api_error.ts";
import { retryAsClerkSays } from "./for_inngest.ts";

const failWith = (error: Error) =>
  retryAsClerkSays(() => Promise.reject(error));

Deno.test("retryAsClerkSays() gives what the work gives", async () => {
  assertEquals(await retryAsClerkSays(() => Promise.resolve(7)), 7);
});

Deno.test("retryAsClerkSays() ends what Clerk refuses, in Clerk's words", async () => {
  const refused = new ClerkApiError("list users", {
    code: "clerk_key_invalid",
    clerkStatus: 401,
    retryable: false,
  });
  const { message, cause } = await assertRejects(
    () => failWith(refused),
    NonRetriableError,
  );
  assertEquals([message, cause], [refused.message, refused]);
});

Deno.test("retryAsClerkSays() waits as long as Clerk asks", async () => {
  const paused = new ClerkApiError("list users", {
    code: "too_many_requests",
    clerkStatus: 429,
    retryable: true,
    retryAfterMs: 300_000,
  });
  const { retryAfter } = await assertRejects(
    () => failWith(paused),
    RetryAfterError,
  );
  assertEquals(retryAfter, "300");
});

Deno.test("retryAsClerkSays() leaves other failures to Inngest", async () => {
  const down = { code: "service_unavailable", retryable: true };
  const failures = [
    new ClerkApiError("list users", down),
    new ClerkApiError("list users", { ...down, retryAfterMs: 5_000 }),
    new RangeError("a bug"),
  ];
  for (const error of failures) {
    const thrown = await failWith(error).catch((thrown) => thrown);
    assertEquals(thrown === error, true);
  }
});
