/**
 * The event API's parsing: what a POST to `/e/<key>` may hold, normalised as the server does.
 *
 * Unknown members are dropped, `data._inngest` too; absent `data` stays null (it is the SDK that
 * fills it in) and an absent `user` becomes `{}`. `meta` (sessions) is not implemented and dropped.
 */
import { isTooDeep, MAX_DEPTH } from "./run_limits.ts";

const MAX_EVENT_CHARS = 3 * 1024 * 1024; // Inngest's limit of one event
const MAX_EVENTS = 5_000; // Inngest's limit of one POST
const OLDEST_TS = Date.UTC(1980, 0, 1);
const NEWEST_TS = Date.UTC(2100, 0, 1);
const RESERVED_PREFIX = "inngest/";

/** An event as it is stored and handed to functions. */
export interface EngineEvent {
  readonly data: unknown;
  /** The caller's id, or the internal ULID when there was none. */
  readonly id: string;
  readonly name: string;
  /** When it happened, ms since the epoch; a start waits for a `ts` in the future. */
  readonly ts: number;
  readonly user: unknown;
  readonly v?: string;
}

/** One accepted event on its way to the log. */
export interface InboundEvent {
  readonly key: string | null;
  readonly name: string;
  /** The event without its id, which is the internal one when `key` is null. */
  readonly fields: Omit<EngineEvent, "id">;
}

/** What a body amounts to: a reason means that `events` holds what came before the fault. */
export interface InboundBatch {
  readonly events: InboundEvent[];
  readonly error?: string;
}

/**
 * Reads the body of a POST to the event API.
 *
 * @param body JSON text: one event or an array of them
 * @param nowMs becomes the `ts` of events without one
 * @returns the events up to the first that is refused, and why it was
 */
export function parseInboundEvents(body: string, nowMs: number): InboundBatch {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { events: [], error: "Cannot read events: the body is not JSON" };
  }
  const items: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (items.length > MAX_EVENTS) {
    return {
      events: [],
      error: `Cannot take events: ${items.length} are more than ${MAX_EVENTS}`,
    };
  }
  const events: InboundEvent[] = [];
  for (const item of items) {
    const event = parseEvent(item, nowMs);
    if (typeof event === "string") return { events, error: event };
    events.push(event);
  }
  return { events };
}

/**
 * Writes an event in the form in which it is stored.
 *
 * @param event the event with its final id
 * @returns JSON text, or undefined when it is over the limit of 3 MiB
 */
export function serialiseEvent(event: EngineEvent): string | undefined {
  const text = JSON.stringify(event);
  return text.length > MAX_EVENT_CHARS ? undefined : text;
}

function parseEvent(item: unknown, nowMs: number): InboundEvent | string {
  if (!isRecord(item)) return "Cannot take event: it is not an object";
  if (isTooDeep(item)) {
    return `Cannot take event: it is nested more than ${MAX_DEPTH} deep`;
  }
  const { name, id, ts, data, user, v } = item;
  if (typeof name !== "string" || name === "") {
    return "Cannot take event: its name is empty";
  }
  if (name.toLowerCase().startsWith(RESERVED_PREFIX)) {
    return `Cannot take event: the name prefix "${RESERVED_PREFIX}" is reserved`;
  }
  if (id !== undefined && id !== null && typeof id !== "string") {
    return "Cannot take event: its id is not a string";
  }
  if (data !== undefined && data !== null && !isRecord(data)) {
    return "Cannot take event: its data is not an object";
  }
  const instant = parseTs(ts, nowMs);
  if (instant === undefined) {
    return "Cannot take event: its ts is not between 1980 and 2100";
  }
  const fields = {
    data: data === undefined || data === null ? null : withoutInternals(data),
    name,
    ts: instant,
    user: isRecord(user) ? user : {},
    ...(typeof v === "string" ? { v } : {}),
  };
  return { key: id ? id : null, name, fields };
}

function parseTs(ts: unknown, nowMs: number): number | undefined {
  if (ts === undefined || ts === null || ts === 0) return nowMs;
  if (typeof ts !== "number" || !Number.isFinite(ts)) return undefined;
  return ts >= OLDEST_TS && ts <= NEWEST_TS ? Math.trunc(ts) : undefined;
}

function withoutInternals(
  data: Record<string, unknown>,
): Record<string, unknown> {
  if (!("_inngest" in data)) return data;
  const { _inngest, ...rest } = data;
  return rest;
}

/**
 * Tells a JSON object from every other JSON value.
 *
 * @param value a value that came from JSON
 */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
