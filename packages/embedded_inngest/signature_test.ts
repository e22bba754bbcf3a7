/** Signatures both ways, and the Bearer. */
import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { hashSigningKey, isSignedBy, signText } from "./signature.ts";

const KEY = `signkey-local-${"ab".repeat(32)}`;
const NOW_MS = 1_766_000_000_000;

Deno.test("isSignedBy() accepts what signText() made, and nothing that differs", () => {
  const header = signText("body", KEY, NOW_MS);
  assertMatch(header, /^t=1766000000&s=[0-9a-f]{64}$/);
  assert(isSignedBy(header, "body", KEY, NOW_MS));
  assertFalse(isSignedBy(header, "bodx", KEY, NOW_MS));
  assertFalse(isSignedBy(header, "body", KEY.replace("ab", "ba"), NOW_MS));
  assertFalse(isSignedBy(null, "body", KEY, NOW_MS));
  assertFalse(isSignedBy("t=x&s=y", "body", KEY, NOW_MS));
});

Deno.test("isSignedBy() refuses a signature that is more than five minutes off", () => {
  const header = signText("body", KEY, NOW_MS);
  assert(isSignedBy(header, "body", KEY, NOW_MS + 300_000));
  assertFalse(isSignedBy(header, "body", KEY, NOW_MS + 300_001));
  assertFalse(isSignedBy(header, "body", KEY, NOW_MS - 300_001));
});

Deno.test("hashSigningKey() keeps the prefix and hashes the decoded key", () => {
  assertEquals(
    hashSigningKey("signkey-test-00ff"),
    "signkey-test-06eb7d6a69ee19e5fbdf749018d3d2abfa04bcbd1365db312eb86dc7169389b8",
  );
});
