/** The list of durable functions that the service serves to Inngest. */
import type { InngestFunction } from "inngest";
import { addToNewsletter } from "./add_to_newsletter.ts";
import { applyRetention } from "./apply_retention.ts";
import { backfillUsers } from "./backfill_users.ts";
import { checkQuarantine } from "./check_quarantine.ts";
import { compareCounts } from "./compare_counts.ts";
import { createTrial } from "./create_trial.ts";
import { deleteUserWithClerk } from "./delete_user_with_clerk.ts";
import type { FunctionDependencies } from "./dependencies.ts";
import { endCancelledScan } from "./end_cancelled_scan.ts";
import { eraseUser } from "./erase_user.ts";
import { onboardingEmails } from "./onboarding_emails.ts";
import { recordEvent } from "./record_event.ts";
import { reconcileUser } from "./reconcile_user.ts";
import { removeFromNewsletter } from "./remove_from_newsletter.ts";
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
    endCancelledScan(deps),
    compareCounts(deps),
    reconcileUser(deps),
    eraseUser(deps),
    backfillUsers(deps),
    ...createAutomations(deps),
    checkQuarantine(deps),
    watchAlerts(deps),
    applyRetention(deps),
  ];
}

/**
 * Makes the functions that follow a user by way of a provider.
 *
 * @param deps What they use.
 * @returns The functions; those without a provider never run.
 */
export function createAutomations(
  deps: FunctionDependencies,
): InngestFunction.Any[] {
  return [
    sendWelcomeEmail(deps),
    onboardingEmails(deps),
    createTrial(deps),
    addToNewsletter(deps),
    removeFromNewsletter(deps),
  ];
}
