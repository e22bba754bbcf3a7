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
  throw new NonRetriableError(
    `Cannot read ${event.type}: the payload does not fit at ${
      listMisfits(parsed.error)
    }`,
  );
}

/**
 * Says where data does not fit its schema.
 *
 * @param error What the schema found.
 * @returns The paths of the fields, each once, without values.
 */
export function listMisfits({ issues }: z.ZodError): string {
  const paths = issues.map((issue) => issue.path.join(".") || "data");
  return [...new Set(paths)].join(", ");
}
