/** Users end the same, whatever befalls them: see check_convergence.ts. */
import { checkConvergence } from "../../support/check_convergence.ts";

Deno.test("users converge whatever the order, the duplicates, the roads and the crashes", async () => {
  await checkConvergence(["user", "user", "user", "user-deleted"]);
});
