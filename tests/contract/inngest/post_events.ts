/**
 * POSTs to an engine's event API, past the SDK, which would put things right.
 */
import type { Engine } from "../../../packages/embedded_inngest/mod.ts";

/** What the event API answers. */
export interface EventAnswer {
  readonly status: number;
  readonly body: {
    readonly ids?: readonly string[];
    readonly status: number;
    readonly error?: string;
  };
}

/** Posts `body` as it is when it is a text, else as JSON. */
export async function postEvents(
  { url, fetch, eventKey }: Engine,
  body: unknown,
  { seed, key = eventKey }: { seed?: string; key?: string } = {},
): Promise<EventAnswer> {
  const response = await fetch(`${url}/e/${key}`, {
    method: "POST",
    headers: seed ? { "x-inngest-event-id-seed": seed } : {},
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
