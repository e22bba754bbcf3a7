import { assertEquals, assertFalse } from "@std/assert";
import { CLERK_PAYLOADS } from "../../tests/support/clerk_payloads.ts";
import { type ClerkEnvelope, parseEnvelope } from "./parse_envelope.ts";
import { toInngestEvent } from "./to_inngest_event.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const ORIGIN = { id: "msg_2abc", secret: "ba7816bf" };
const AN_HOUR_AGO = NOW.getTime() - 3_600_000;

function envelope(changes: Partial<ClerkEnvelope> = {}): ClerkEnvelope {
  return {
    type: "user.created",
    data: { id: "user_1" },
    timestamp: AN_HOUR_AGO,
    instanceId: "ins_1",
    ...changes,
  };
}

Deno.test("toInngestEvent() carries Clerk's data and where it came from", () => {
  assertEquals(toInngestEvent(envelope(), ORIGIN, NOW), {
    id: "msg_2abc",
    name: "clerk/user.created",
    ts: AN_HOUR_AGO,
    data: {
      id: "user_1",
      _webhook: {
        id: "msg_2abc",
        timestamp: AN_HOUR_AGO,
        instance_id: "ins_1",
        secret: "ba7816bf",
      },
    },
  });
});

Deno.test("toInngestEvent() lets no payload pose as a verified webhook", () => {
  const data = { id: "user_1", _webhook: { id: "msg_forged" } };
  const event = toInngestEvent(envelope({ data }), ORIGIN, NOW);
  assertEquals(event.data["_webhook"], {
    id: "msg_2abc",
    timestamp: AN_HOUR_AGO,
    instance_id: "ins_1",
    secret: "ba7816bf",
  });
});

Deno.test("toInngestEvent() lets no payload pose as a replay, which nobody records", () => {
  const data = { id: "user_1", _replay: { event_id: "msg_1", mode: "data" } };
  const event = toInngestEvent(envelope({ data }), ORIGIN, NOW);
  assertFalse("_replay" in event.data);
});

const TIMES: readonly [name: string, timestamp: number | null, ts: number][] = [
  ["an unknown time", null, NOW.getTime()],
  ["the future, which would delay functions", NOW.getTime() + 1, NOW.getTime()],
  ["1979, which Inngest refuses", 315_532_799_999, NOW.getTime()],
  ["1980, its first instant", 315_532_800_000, 315_532_800_000],
  ["the present", NOW.getTime(), NOW.getTime()],
];

for (const [name, timestamp, ts] of TIMES) {
  Deno.test(`toInngestEvent() dates an event of ${name}`, () => {
    const event = toInngestEvent(envelope({ timestamp }), ORIGIN, NOW);
    assertEquals(event.ts, ts);
    const webhook = event.data["_webhook"] as Record<string, unknown>;
    assertEquals(webhook["timestamp"], timestamp);
  });
}

Deno.test("toInngestEvent() lets no code or ticket of any fixture through", () => {
  for (const { file, text } of CLERK_PAYLOADS) {
    const parsed = parseEnvelope(text);
    if (parsed.kind !== "event") throw new Error(`Cannot read ${file}`);
    const event = toInngestEvent(parsed.envelope, ORIGIN, NOW);
    assertFalse(
      /\b0{6}\b|[?&]__clerk_ticket=/.test(JSON.stringify(event)),
      file,
    );
  }
});

Deno.test("toInngestEvent() does not change the envelope", () => {
  const given = envelope();
  toInngestEvent(given, ORIGIN, NOW);
  assertEquals(given, envelope());
});
