/** Whose events a function may act on. */
import type { FunctionDependencies } from "./dependencies.ts";
import type { ReceivedEvent } from "./received_event.ts";

/**
 * Whether an event comes from another Clerk instance than ours.
 *
 * @param deps The configuration.
 * @param event The event.
 * @returns False as well when either instance is not known.
 */
export function isForeign(
  { config }: Pick<FunctionDependencies, "config">,
  event: ReceivedEvent,
): boolean {
  const ownId = config.clerk.instanceId;
  const instanceId = event.origin?.instance_id ?? null;
  return ownId !== undefined && instanceId !== null && instanceId !== ownId;
}
