/** Questions to Inngest on the way of a page, which is shown without an answer too. */
import { InngestApiError } from "../../../lib/inngest/inngest_api.ts";

/** An answer, or why there is none. */
export type Asked<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "silent"; readonly error: InngestApiError };

/**
 * Waits for an answer of Inngest.
 *
 * @param answer What was asked.
 * @returns The answer, or that there is none.
 * @throws whatever has nothing to do with Inngest.
 */
export async function askRuns<T>(answer: Promise<T>): Promise<Asked<T>> {
  try {
    return { kind: "answer", value: await answer };
  } catch (error) {
    if (error instanceof InngestApiError) return { kind: "silent", error };
    throw error;
  }
}
