/** Which functions Inngest does not know, for pages that show it in passing. */
import { InngestApiError } from "../../../lib/inngest/inngest_api.ts";
import type { Services } from "../../../lib/services.ts";

/**
 * Asks Inngest.
 *
 * @param services Who asks.
 * @returns The functions' ids without the app's, or null when Inngest does not
 * tell: that it is down is shown elsewhere.
 */
export async function readUnregistered(
  { findUnregistered }: Pick<Services, "findUnregistered">,
): Promise<readonly string[] | null> {
  try {
    return await findUnregistered();
  } catch (error) {
    if (error instanceof InngestApiError) return null;
    throw error;
  }
}
