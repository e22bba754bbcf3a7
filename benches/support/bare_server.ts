/**
 * The yardstick of webhook_bench.ts: a server that checks the signature and
 * answers, and does nothing else. Prints its port.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

const key = Uint8Array.from(
  atob((Deno.args[0] ?? "").replace("whsec_", "")),
  (character) => character.charCodeAt(0),
);

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) =>
    Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`)),
}, async (request) => {
  const id = request.headers.get("svix-id");
  const timestamp = request.headers.get("svix-timestamp");
  const given = request.headers.get("svix-signature")?.slice(3) ?? "";
  const expected = createHmac("sha256", key)
    .update(`${id}.${timestamp}.${await request.text()}`).digest();
  const actual = Uint8Array.from(
    atob(given),
    (character) => character.charCodeAt(0),
  );
  const isGood = actual.length === expected.length &&
    timingSafeEqual(actual, expected);
  return new Response(null, { status: isGood ? 202 : 400 });
});
