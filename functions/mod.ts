/** The list of durable functions that the service serves to Inngest. */
import type { InngestFunction } from "inngest";
import { backfillUsers } from "./backfill_users.ts";
import { checkQuarantine } from "./check_quarantine.ts";
import { compareCounts } from "./compare_counts.ts";
import { deleteUserWithClerk } from "./delete_user_with_clerk.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { eraseUser } from "./erase_user.ts";
import { recordEvent } from "./record_event.ts";
import { reconcileUser } from "./reconcile_user.ts";
import { replayEvents } from "./replay_events.ts";
import { scanDrift } from "./scan_drift.ts";
import { sendWelcomeEmail } from "./send_welcome_email.ts";
import { syncMembership } from "./sync_membership.ts";
import { syncOrganization } from "./sync_organization.ts";
import { syncUserFromClerk } from "./sync_user_from_clerk.ts";
import { updateUserFromClerk } from "./update_user_from_clerk.ts";
import { watchAlerts } from "./watch_alerts.ts";

/**
 * Makes all functions.
 *
 * @param deps What they use.
 * @returns The functions, in the order of the path.
 */
export function createFunctions(
  deps: FunctionDependencies,
): InngestFunction.Any[] {
  return [
    syncUserFromClerk(deps),
    updateUserFromClerk(deps),
    deleteUserWithClerk(deps),
    syncOrganization(deps),
    syncMembership(deps),
    recordEvent(deps),
    replayEvents(deps),
    scanDrift(deps),
    compareCounts(deps),
    reconcileUser(deps),
    eraseUser(deps),
    backfillUsers(deps),
    sendWelcomeEmail(deps),
    checkQuarantine(deps),
    watchAlerts(deps),
  ];
}
