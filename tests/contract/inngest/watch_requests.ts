/**
 * The execution requests that the embedded engine makes, as the app receives them.
 */
import type { TestApp } from "./start_app.ts";

/** What a request says. */
export interface SeenRequest {
  /** Hash of the planned step, or `step` for a discovery call. */
  readonly stepId: string | null;
  readonly fnId: string | null;
  readonly ctx: {
    readonly attempt: number;
    readonly max_attempts: number;
    readonly stack: { readonly stack: readonly string[] };
  };
  readonly event: Record<string, unknown>;
  readonly steps: Record<string, unknown>;
}

/**
 * Registers the app again behind a witness of its requests.
 *
 * @param app the app
 * @param fn id of the function whose requests count
 * @returns the requests, added to as they come
 */
export async function watchRequests(
  app: TestApp,
  fn: string,
): Promise<SeenRequest[]> {
  const requests: SeenRequest[] = [];
  await app.engine.register(async (request) => {
    const { searchParams } = new URL(request.url);
    const fnId = searchParams.get("fnId");
    if (fnId === `${app.client.id}-${fn}`) {
      const stepId = searchParams.get("stepId");
      requests.push({ fnId, stepId, ...await request.clone().json() });
    }
    return await app.handler(request);
  });
  return requests;
}
