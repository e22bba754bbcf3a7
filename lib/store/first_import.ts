/** Whether a new installation still waits for the users that Clerk has already. */
import type { Store } from "./store.ts";

/**
 * Looks whether nobody was synced yet and no import was ever begun.
 *
 * @param store The store.
 * @returns True where the first import is worth a hint; nothing is begun by itself.
 */
export async function awaitsFirstImport(
  { users, jobs }: Pick<Store, "users" | "jobs">,
): Promise<boolean> {
  const [user, job] = await Promise.all([
    users.documents.findOne({}, { projection: { _id: 1 } }),
    jobs.readLatest("backfill"),
  ]);
  return user === null && job === null;
}
