import { assertEquals } from "@std/assert";
import { problemResponse } from "./problem.ts";

Deno.test("problemResponse() answers with the status and an RFC 9457 body", async () => {
  const response = problemResponse({
    status: 422,
    code: "invalid-json",
    detail: "Cannot read event: the body is not JSON",
  });
  assertEquals(response.status, 422);
  assertEquals(
    response.headers.get("content-type"),
    "application/problem+json",
  );
  assertEquals(await response.json(), {
    type: "about:blank",
    title: "Unprocessable Content",
    status: 422,
    code: "invalid-json",
    detail: "Cannot read event: the body is not JSON",
  });
});

Deno.test("problemResponse() forbids caching and adds the headers given", () => {
  const { headers } = problemResponse({
    status: 405,
    code: "method-not-allowed",
    detail: "Cannot take webhook: the method is not POST",
    headers: { allow: "POST" },
  });
  assertEquals(headers.get("cache-control"), "no-store");
  assertEquals(headers.get("allow"), "POST");
});

Deno.test("problemResponse() has a title for a status without a known one", async () => {
  const response = problemResponse({ status: 418, code: "x", detail: "y" });
  assertEquals((await response.json()).title, "Error");
});
