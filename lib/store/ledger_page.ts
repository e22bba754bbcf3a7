/** What automations did, a page at a time, and in figures for each of them. */
import type { LedgerEntry } from "./automation_ledger.ts";
import { type KeysetPage, readKeysetPage } from "./keyset_page.ts";
import { countByIndex } from "./overview.ts";
import type { Store } from "./store.ts";

/** The states of an entry, in the order of its life. */
export const LEDGER_STATES = [
  "claimed",
  "done",
  "skipped",
  "failed",
] as const satisfies readonly LedgerEntry["state"][];

/** Which entries; null asks nothing. */
export interface LedgerQuery {
  /** Name in the ledger. */
  readonly automation: string | null;
  readonly state: LedgerEntry["state"] | null;
  readonly cursor: string | null;
  readonly limit: number;
}

/** What one automation has done so far. */
export interface AutomationUse {
  readonly counts: Readonly<Record<LedgerEntry["state"], number>>;
  /** Null before the first. */
  readonly lastDoneAt: Date | null;
}

/**
 * Reads a page of entries, the one that changed last first.
 *
 * @param store The store.
 * @param query Which ones.
 * @returns The rows and the next page's cursor.
 */
export async function readLedger(
  store: Store,
  { automation, state, cursor, limit }: LedgerQuery,
): Promise<KeysetPage<LedgerEntry>> {
  return await readKeysetPage(store.automationLedger.documents, {
    filter: {
      ...(automation === null ? {} : { automation }),
      ...(state === null ? {} : { state }),
    },
    order: { field: "updated_at", direction: -1, type: "instant" },
    cursor,
    limit,
  });
}

/**
 * Counts what an automation has done.
 *
 * @param store The store.
 * @param names Its names in the ledger; a series has several.
 * @returns The sums, and when it was done last.
 */
export async function readAutomationUse(
  store: Store,
  names: readonly string[],
): Promise<AutomationUse> {
  const sum = async (state: LedgerEntry["state"]) => {
    const counts = await Promise.all(
      names.map((automation) =>
        countByIndex(store, "automation_ledger", { automation, state })
      ),
    );
    return counts.reduce((total, count) => total + count, 0);
  };
  const [claimed, done, skipped, failed, last] = await Promise.all([
    sum("claimed"),
    sum("done"),
    sum("skipped"),
    sum("failed"),
    Promise.all(names.map((automation) => readLastDone(store, automation))),
  ]);
  const lastMs = Math.max(0, ...last.map((at) => at?.getTime() ?? 0));
  return {
    counts: { claimed, done, skipped, failed },
    lastDoneAt: lastMs === 0 ? null : new Date(lastMs),
  };
}

async function readLastDone(
  { automationLedger }: Store,
  automation: string,
): Promise<Date | null> {
  const entry = await automationLedger.documents.findOne(
    { automation, state: "done" },
    { sort: { updated_at: -1, _id: -1 }, projection: { updated_at: 1 } },
  );
  return entry?.updated_at ?? null;
}
