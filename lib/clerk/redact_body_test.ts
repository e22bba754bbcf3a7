import { assertEquals } from "@std/assert";
import { redactBody } from "./redact_body.ts";

Deno.test("redactBody() keeps the shape, type, ids and times", () => {
  assertEquals(
    redactBody(
      `{"type":"user.created","timestamp":1700000000000,"data":{"id":"user_1","object":"user","primary_email_address_id":"idn_1","banned":false,"created_at":1,"x":null}}`,
    ),
    `{"type":"user.created","timestamp":1700000000000,"data":{"id":"user_1","object":"user","primary_email_address_id":"idn_1","banned":false,"created_at":1,"x":null}}`,
  );
});

Deno.test("redactBody() hides codes, tickets, addresses and metadata", () => {
  assertEquals(
    redactBody(
      `{"data":{"otp_code":"123456","code":123456,"url":"https://x/?__clerk_ticket=t","email":"a@b.c","private_metadata":{"pin":[1,"2"]}}}`,
    ),
    `{"data":{"otp_code":"…","code":"…","url":"…","email":"…","private_metadata":{"pin":["…","…"]}}}`,
  );
});

Deno.test("redactBody() hides an id or a key that holds something else", () => {
  assertEquals(
    redactBody(`{"id":"a@b.c","a@b.c":true,"external_id":"x y"}`),
    `{"id":"…","…":true,"external_id":"…"}`,
  );
});

Deno.test("redactBody() hides a string that was cut off", () => {
  assertEquals(redactBody(`{"body":"your code is 12`), `{"body":"…"`);
  assertEquals(redactBody(`{"id":"user_1`), `{"id":"…"`);
});

Deno.test("redactBody() leaves nothing of what is not JSON", () => {
  assertEquals(redactBody("token=abc&x=1"), `?"…"`);
  assertEquals(redactBody(""), "");
});
