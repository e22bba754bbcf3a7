/** Everything that the sync keeps ends the same: see check_convergence.ts. */
import { checkConvergence } from "../../support/check_convergence.ts";

Deno.test("users, organizations and memberships converge with their parents missing, fetched and deleted in any order", async () => {
  await checkConvergence([
    "user",
    "user",
    "user-deleted",
    "organization",
    "organization-deleted",
    "membership",
    "membership",
    "membership-deleted",
  ]);
});
