/**
 * What the database itself knows of the Clerk instance that its users come from.
 *
 * Whoever compares with Clerk or removes what Clerk lacks asks here first: with
 * the key of another instance every user of ours looks deleted.
 */
import type { Store } from "./store.ts";

/** Applied webhooks that are looked at. */
const WEBHOOKS = 100;

const EPOCH = new Date(0);

/**
 * Names the instances whose webhooks were applied last.
 *
 * @param store The store.
 * @returns Their ids, `ins_…`; none when events come without, as those of Clerk's
 * Inngest template do.
 */
export async function readRecentInstances(
  store: Pick<Store, "webhookEvents">,
): Promise<ReadonlySet<string>> {
  const events = await store.webhookEvents.documents
    .find({ state: "applied" }).sort({ received_at: -1, _id: -1 })
    .limit(WEBHOOKS).project<{ instance_id?: string | null }>({
      instance_id: 1,
    }).toArray();
  return new Set(events.flatMap(({ instance_id }) => instance_id ?? []));
}

/**
 * Picks synced users, spread evenly over the time in which they signed up.
 *
 * @param store The store.
 * @param size How many at most.
 * @returns Their ids; none when nothing was ever synced.
 */
export async function sampleUserIds(
  { users: { documents } }: Pick<Store, "users">,
  size: number,
): Promise<string[]> {
  const bySignUp = (since: Date, direction: 1 | -1) =>
    documents.findOne(
      { sync: { $exists: true }, clerk_created_at: { $gte: since } },
      {
        sort: { clerk_created_at: direction, _id: direction },
        projection: { clerk_created_at: 1 },
      },
    );
  const [first, last] = await Promise.all([
    bySignUp(EPOCH, 1),
    bySignUp(EPOCH, -1),
  ]);
  const fromMs = first?.clerk_created_at?.getTime();
  const toMs = last?.clerk_created_at?.getTime();
  if (fromMs === undefined || toMs === undefined) {
    const undated = documents.find({ sync: { $exists: true } })
      .sort({ _id: 1 }).limit(size).project<{ _id: string }>({ _id: 1 });
    return (await undated.toArray()).map(({ _id }) => _id);
  }
  const spread = await Promise.all(
    Array.from(
      { length: size },
      (_, index) =>
        bySignUp(new Date(fromMs + (toMs - fromMs) * index / size), 1),
    ),
  );
  return [...new Set(spread.flatMap((user) => user?._id ?? []))];
}
