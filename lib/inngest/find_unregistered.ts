/**
 * Which of our functions Inngest does not know: they never run, and webhooks are
 * answered 202 all the same, until somebody syncs the app.
 *
 * Path and shape: GetAppFunctions in pkg/api/apiv1 of Inngest's server.
 */
import { z } from "zod";
import { APP_ID } from "./create_client.ts";
import { type AskInngest, InngestApiError } from "./inngest_api.ts";

/** An app that was never synced is unknown to some servers, empty on others. */
const appFunctions = z.array(z.object({ id: z.string() })).nullable();

/**
 * Asks which are missing.
 *
 * @param ask Asks Inngest.
 * @param ids The functions that we serve, without the app's id.
 * @returns Those that Inngest does not know, in the same order.
 * @throws {InngestApiError} when Inngest does not tell.
 */
export async function findUnregistered(
  ask: AskInngest,
  ids: readonly string[],
): Promise<readonly string[]> {
  const answer = appFunctions.safeParse(
    await ask({ version: "v1", path: `/apps/${APP_ID}/functions` }),
  );
  if (!answer.success) {
    throw new InngestApiError("it tells of functions in a form of its own");
  }
  const known = new Set(answer.data?.map(({ id }) => id));
  return ids.filter((id) => !known.has(`${APP_ID}-${id}`));
}
