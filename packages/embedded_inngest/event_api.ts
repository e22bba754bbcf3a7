/**
 * `POST /e/<key>`: events come in, are on disk, and are answered with their internal ids.
 *
 * The SDK reads the status and the error in the body. A POST that it repeats carries the same seed
 * and arrives at the same ids, which are kept once.
 */
import { type ApiAnswer, type ApiRequest, refuse } from "./api_message.ts";
import { appendEvent } from "./event_log.ts";
import { parseInboundEvents, serialiseEvent } from "./inbound_event.ts";
import { type Kernel, nowOf } from "./kernel.ts";
import { parseEventIdSeed, seededUlid } from "./ulid.ts";

type EventRow = Parameters<typeof appendEvent>[1];

/**
 * Takes the events of one POST.
 *
 * @param kernel the engine's parts
 * @param request the POST
 * @returns the ids, once the events are on disk
 */
export async function receiveEvents(
  kernel: Kernel,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const nowMs = nowOf(kernel);
  const { rows, error } = readRows(kernel, request, nowMs);
  if (!request.isInProcess) kernel.pace.noteArrival(rows.length);
  if (rows.length > 0) {
    try {
      await kernel.db.writeFirst(() => {
        for (const row of rows) appendEvent(kernel.db, row);
        kernel.wakeFanOut();
      });
    } catch (cause) {
      return refuse(500, `Cannot store events: ${(cause as Error).message}`);
    }
  }
  const ids = rows.length > 0 ? rows.map(({ id }) => id) : [""]; // as Inngest's server does
  if (error !== undefined) {
    return { status: 400, body: { ids, status: 400, error } };
  }
  return { status: 200, body: { ids, status: 200 } };
}

function readRows(
  kernel: Kernel,
  request: ApiRequest,
  nowMs: number,
): { rows: EventRow[]; error?: string } {
  const { events, error } = parseInboundEvents(request.body, nowMs);
  const seed = parseEventIdSeed(request.headers.get("x-inngest-event-id-seed"));
  const rows: EventRow[] = [];
  for (const { key, name, fields } of events) {
    const id = seed ? seededUlid(seed, rows.length + 1) : kernel.nextId();
    const { data, ts, user, v } = fields;
    const event = {
      data,
      id: key ?? id,
      name,
      ts,
      user,
      ...(v === undefined ? {} : { v }),
    };
    const body = serialiseEvent(event);
    if (body === undefined) {
      return { rows, error: "Cannot take event: it is larger than 3 MiB" };
    }
    rows.push({ id, event_key: key, name, ts, received_at: nowMs, body });
  }
  return error === undefined ? { rows } : { rows, error };
}
