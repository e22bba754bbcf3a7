/** A simulated Clerk whose users are all in the store, for pages that ask Clerk. */
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";
import { makeClient } from "../../support/clerk_api/make_client.ts";
import { toDocument } from "../../integration/drift/drift_bed.ts";
import { type OpenDashboard, openDashboard } from "./open_dashboard.ts";

/** A dashboard with a Clerk behind it. */
export interface SyncedDashboard extends AsyncDisposable {
  readonly dashboard: OpenDashboard;
  readonly clerk: FakeClerk;
  /** Ids of all users, oldest first. */
  readonly ids: readonly string[];
}

/**
 * Starts both and brings every user in.
 *
 * @param users How many users Clerk has.
 * @returns Both, to be held with `await using`.
 */
export async function openSyncedDashboard(
  users: number,
): Promise<SyncedDashboard> {
  await using stack = new AsyncDisposableStack();
  const clerk = stack.use(new FakeClerk({ users, rateLimit: 100_000 }));
  const dashboard = stack.use(
    await openDashboard({
      CLERK_API_URL: clerk.url,
      CLERK_SECRET_KEY: clerk.secretKey,
    }),
  );
  const { store } = dashboard.rollcall;
  await store.ensureIndexes();
  const ids: string[] = [];
  for await (const page of makeClient(clerk).listUsers()) {
    const documents = page.users.map(toDocument);
    await store.users.documents.insertMany(documents);
    ids.push(...documents.map(({ _id }) => _id));
  }
  const resources = stack.move();
  return {
    dashboard,
    clerk,
    ids,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
