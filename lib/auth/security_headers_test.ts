import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { setSecurityHeaders } from "./security_headers.ts";

const POLICY = "content-security-policy";

Deno.test("setSecurityHeaders() gives an answer without a policy one that allows no script", () => {
  const headers = new Headers();
  setSecurityHeaders(headers, { isSecure: false });
  assertStringIncludes(headers.get(POLICY) ?? "", "default-src 'none'");
  assert(!headers.get(POLICY)?.includes("script-src"));
});

Deno.test("setSecurityHeaders() takes unsafe-inline out of a policy and keeps its nonce", () => {
  const headers = new Headers({
    [POLICY]: "script-src 'self' 'nonce-abc'; style-src 'self' 'unsafe-inline'",
  });
  setSecurityHeaders(headers, { isSecure: true });
  assertEquals(
    headers.get(POLICY),
    "script-src 'self' 'nonce-abc'; style-src 'self'",
  );
});

Deno.test("setSecurityHeaders() asks for https only where there is https", () => {
  const upgrade = "default-src 'self'; upgrade-insecure-requests";
  const plain = new Headers({ [POLICY]: upgrade });
  setSecurityHeaders(plain, { isSecure: false });
  assertEquals(plain.get(POLICY), "default-src 'self'");
  assertEquals(plain.get("strict-transport-security"), null);

  const secure = new Headers({ [POLICY]: upgrade });
  setSecurityHeaders(secure, { isSecure: true });
  assertEquals(secure.get(POLICY), upgrade);
  assert(secure.get("strict-transport-security"));
});
