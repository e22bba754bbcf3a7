/**
 * Step ② of the path: verified text → Clerk's event envelope.
 *
 * The signature says who sent the body, not that it makes sense: svix signs
 * empty bodies, arrays and broken JSON as readily. Nothing here knows users.
 * Source: Clerk's webhook schema; the unit of `timestamp` differs between its
 * prose (ms) and its examples (s).
 */
import { pruneDepth } from "./prune_depth.ts";

/** A Clerk event with its envelope, times in ms. */
export interface ClerkEnvelope {
  /** Clerk's event type, such as `user.created`; any text is legal. */
  readonly type: string;
  /** Clerk's `data`; what is not an object is wrapped as `{ value }`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** When Clerk made the event, ms, or null when it does not say. */
  readonly timestamp: number | null;
  /** The Clerk instance, `ins_…`, or null. */
  readonly instanceId: string | null;
}

/** What the text turned out to be. */
export type ParsedEnvelope =
  | { readonly kind: "event"; readonly envelope: ClerkEnvelope }
  | {
    readonly kind: "unprocessable";
    readonly reason: "empty-body" | "invalid-json" | "not-an-event";
    /** A sentence for the sender. */
    readonly detail: string;
  };

/** Seconds since 1970 stay below this until the year 5138; ms passed it in 1973. */
const SECONDS_LIMIT = 1e11;

/** The last instant of a Date, in the year 275760. */
const MAX_DATE_MS = 8_640_000_000_000_000;

/** Inngest refuses longer event names, and no Clerk type comes near it. */
const MAX_TYPE_LENGTH = 200;

/**
 * Reads the envelope out of a verified body.
 *
 * @param text The body as received.
 * @returns The event, or why there is none.
 */
export function parseEnvelope(text: string): ParsedEnvelope {
  if (text.trim() === "") {
    return unprocessable("empty-body", "Cannot read event: the body is empty");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unprocessable(
      "invalid-json",
      "Cannot read event: the body is not JSON",
    );
  }
  if (
    !isRecord(value) || typeof value.type !== "string" ||
    !isEventType(value.type)
  ) {
    return unprocessable(
      "not-an-event",
      'Cannot read event: the body is not an event object with a "type"',
    );
  }
  if (!("data" in value)) {
    return unprocessable(
      "not-an-event",
      'Cannot read event: the event has no "data"',
    );
  }
  const data = pruneDepth(value.data, text);
  return {
    kind: "event",
    envelope: {
      type: value.type,
      data: isRecord(data) ? data : { value: data },
      timestamp: toMilliseconds(value.timestamp),
      instanceId: typeof value.instance_id === "string"
        ? value.instance_id
        : null,
    },
  };
}

/**
 * Brings a timestamp in seconds or milliseconds to milliseconds.
 *
 * @param timestamp A number below 1e11 counts as seconds.
 * @returns Whole ms, or null for anything but a positive number that a Date
 * can hold.
 */
export function toMilliseconds(timestamp: unknown): number | null {
  if (
    typeof timestamp !== "number" || !(timestamp > 0) ||
    timestamp > MAX_DATE_MS
  ) {
    return null;
  }
  return Math.trunc(timestamp < SECONDS_LIMIT ? timestamp * 1000 : timestamp);
}

function isEventType(type: string): boolean {
  return type.length > 0 && type.length <= MAX_TYPE_LENGTH &&
    /^[\x21-\x7e]+$/.test(type);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unprocessable(
  reason: Extract<ParsedEnvelope, { kind: "unprocessable" }>["reason"],
  detail: string,
): ParsedEnvelope {
  return { kind: "unprocessable", reason, detail };
}
