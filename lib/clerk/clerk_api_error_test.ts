import { assertEquals } from "@std/assert";
import { ClerkApiError } from "./clerk_api_error.ts";

Deno.test("ClerkApiError says status, code and trace, and fits the edge", () => {
  const error = new ClerkApiError("list users", {
    code: "too_many_requests",
    clerkStatus: 429,
    retryable: true,
    traceId: "de00ad",
  });
  assertEquals(
    error.message,
    "Cannot list users: Clerk answers 429 too_many_requests, trace de00ad",
  );
  assertEquals([error.code, error.status, error.clerkStatus, error.retryable], [
    "clerk-too-many-requests",
    503,
    429,
    true,
  ]);
});

Deno.test("ClerkApiError keeps out of its text what is no identifier", () => {
  const error = new ClerkApiError("read user", {
    code: "sk_live_x is wrong, dear pim@example.com",
    traceId: "<html>",
    retryable: false,
  });
  assertEquals(
    error.message,
    "Cannot read user: Clerk does not answer (unknown)",
  );
  assertEquals([error.code, error.traceId, error.status], [
    "clerk-unknown",
    undefined,
    502,
  ]);
});

Deno.test("ClerkApiError names the setting that a 401 is about", () => {
  const error = new ClerkApiError("list users", {
    code: "clerk_key_invalid",
    clerkStatus: 401,
    retryable: false,
  });
  assertEquals(
    error.message,
    "Cannot list users: Clerk answers 401 clerk_key_invalid, CLERK_SECRET_KEY is wrong or was revoked",
  );
});
