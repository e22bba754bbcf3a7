/**
 * A recorded event as the Inngest event that carries it once more.
 *
 * It has an id of its own, for Inngest would drop one that it knows; the reserved
 * key `_replay` ties it to its record. `_webhook` is as it was, so that the event
 * keeps its place in the order of states.
 */
import {
  CLERK_PREFIX,
  type ReplayOrigin,
  type WebhookOrigin,
} from "../lib/events.ts";
import type { OutgoingEvent } from "../lib/inngest/event_sender.ts";
import type { WebhookEventDocument } from "../lib/store/webhook_events.ts";

/** What sends an event again. */
export interface Replay {
  readonly jobId: string;
  readonly mode: ReplayOrigin["mode"];
}

/**
 * Makes the event.
 *
 * @param record The event as it was recorded.
 * @param replay The job, and what is to run.
 * @param now The present; on the road without a Clerk timestamp the arrival
 * stands in for it.
 * @returns The event to send.
 */
export function toReplayedEvent(
  record: WebhookEventDocument,
  replay: Replay,
  now: Date,
): OutgoingEvent {
  const { _id, type, payload, road, received_at } = record;
  const _replay: ReplayOrigin = {
    event_id: _id,
    job_id: replay.jobId,
    mode: replay.mode,
  };
  const isSigned = road === "webhook";
  return {
    id: `${replay.jobId}:${_id}`,
    name: `${CLERK_PREFIX}${type}`,
    ts: isSigned ? now.getTime() : received_at.getTime(),
    data: {
      ...payload,
      ...(isSigned ? { _webhook: toOrigin(record) } : {}),
      _replay,
    },
  };
}

function toOrigin(record: WebhookEventDocument): WebhookOrigin {
  const { _id, event_at, instance_id, secret } = record;
  return {
    id: _id,
    timestamp: event_at === null ? null : event_at.getTime(),
    instance_id,
    ...(secret === null ? {} : { secret }),
  };
}
