/**
 * Clerk's data against the shape that the sync reads, once, where it enters.
 */
import { NonRetriableError } from "inngest";
import type { z } from "zod";
import type { ReceivedEvent } from "./received_event.ts";

/**
 * Parses an event's data.
 *
 * @param schema One of the payloads of lib/events.ts.
 * @param event The event.
 * @returns The payload, unknown fields included.
 * @throws {NonRetriableError} when the data does not fit: it never will.
 */
export function parsePayload<S extends z.ZodType>(
  schema: S,
  event: ReceivedEvent,
): z.infer<S> {
  const parsed = schema.safeParse(event.data);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) =>
    issue.path.join(".") || "data"
  );
  throw new NonRetriableError(
    `Cannot read ${event.type}: the payload does not fit at ${
      [...new Set(faults)].join(", ")
    }`,
  );
}
