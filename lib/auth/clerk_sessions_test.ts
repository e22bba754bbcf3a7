import { assertEquals } from "@std/assert";
import { makeClerkTokens } from "../../tests/support/clerk_tokens.ts";
import { createClerkVisitorReader } from "./clerk_sessions.ts";

const USER = { kind: "user", userId: "user_1" } as const;
const NOBODY = { kind: "nobody" } as const;

for (
  const { azp, visitor } of [
    { azp: "https://rollcall.example.com", visitor: USER },
    { azp: "http://rollcall.example.com:8000", visitor: USER },
    { azp: undefined, visitor: USER },
    { azp: "https://app.example.com", visitor: NOBODY },
    { azp: "https://rollcall.example.com.evil.example", visitor: NOBODY },
    { azp: "rollcall.example.com", visitor: NOBODY },
  ]
) {
  Deno.test(`readClerkVisitor() finds ${visitor.kind} in a token whose party is ${azp}`, async () => {
    const tokens = await makeClerkTokens();
    const read = createClerkVisitorReader({
      publishableKey: tokens.publishableKey,
      secretKey: "sk_live_none",
      jwtKey: tokens.jwtKey,
    });
    const request = new Request("https://rollcall.example.com/sign_in/clerk", {
      headers: { cookie: await tokens.cookieOf(USER.userId, { azp }) },
    });
    assertEquals(await read(request), visitor);
  });
}
