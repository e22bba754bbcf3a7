/**
 * The id of the running build: it names the script folder and marks assets.
 *
 * On the server it follows the deployment, then the commit, else it is random
 * for each process. A production snapshot sets its own. For the browser the
 * bundler puts a constant in the place of this file.
 */
import { createHash } from "node:crypto";

/** The deployment, on Deno Deploy. */
export const DENO_DEPLOYMENT_ID: string | undefined = Deno.env.get(
  "DENO_DEPLOYMENT_ID",
);

const revision = DENO_DEPLOYMENT_ID ||
  Deno.env.get("GITHUB_SHA") || Deno.env.get("CI_COMMIT_SHA") ||
  crypto.randomUUID();

/** The id in use; a live binding. */
export let BUILD_ID: string = createHash("sha1").update(revision).digest("hex");

/**
 * Takes the id that a production build was made with.
 *
 * @param id The id, as written in the snapshot.
 */
export function setBuildId(id: string): void {
  BUILD_ID = id;
}
