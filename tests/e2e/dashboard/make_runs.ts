/** Has the functions do something, so that there are runs to look at. */
import { clerkPayload } from "../../support/clerk_payloads.ts";
import type { RollcallProcess } from "../../support/rollcall_process.ts";

/** What the functions did. */
export interface MadeRuns {
  /** Path of a run that failed. */
  readonly failed: string;
  /** Path of the event that it was about. */
  readonly event: string;
}

/**
 * Sends an event that is applied and one that fails for good.
 *
 * @param rollcall The service.
 * @returns The pages of the second.
 */
export async function makeRuns(rollcall: RollcallProcess): Promise<MadeRuns> {
  await using feed = await rollcall.listen();
  const timestamp = Date.now();
  const good = JSON.stringify({
    ...JSON.parse(clerkPayload("user.created__email-password").text),
    timestamp,
  });
  const broken = JSON.stringify({
    type: "user.updated",
    timestamp,
    data: { id: "user_000001", first_name: 1 },
  });
  const bodies = { msg_good: good, msg_broken: broken };
  for (const [id, body] of Object.entries(bodies)) {
    const answer = await rollcall.send(body, { id });
    await answer.body?.cancel();
  }
  await feed.outcomes(Object.keys(bodies));
  const event = await rollcall.store.webhookEvents.documents
    .findOne({ _id: "msg_broken" });
  return {
    failed: `/dashboard/runs/${event?.run_id}`,
    event: "/dashboard/events/msg_broken",
  };
}
