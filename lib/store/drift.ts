/**
 * What scans found: one report a scan, one item an object that differs.
 *
 * An item is suspected until a second look, after a grace period, confirms it: a
 * webhook may have been on its way. It is gone when a later scan finds nothing.
 */
import type { Collection, Db } from "mongodb";
import type { Drift, DriftKind } from "../sync/drift.ts";
import {
  type DriftItem,
  type DriftReport,
  type DriftTarget,
  type FoundDrift,
  noDrift,
  type SecondLook,
  toTarget,
} from "./drift_documents.ts";

/** The findings of scans. */
export class DriftFindings {
  /** The reports, for reading. */
  readonly reports: Collection<DriftReport>;
  /** The items, for reading. */
  readonly items: Collection<DriftItem>;

  /** @param db The database. */
  constructor(db: Db) {
    this.reports = db.collection<DriftReport>("drift_reports");
    this.items = db.collection<DriftItem>("drift_items");
  }

  /**
   * Adds a report; adding the same one again changes nothing.
   *
   * @param reportId The scan.
   * @param now When it begins.
   * @param obstacle Why it is skipped; null when it runs.
   */
  async begin(
    reportId: string,
    now: Date,
    obstacle: string | null,
  ): Promise<void> {
    await this.reports.updateOne(
      { _id: reportId },
      {
        $setOnInsert: {
          kind: "scan",
          state: obstacle === null ? "running" : "skipped",
          reason: obstacle,
          started_at: now,
          moved_at: now,
          finished_at: obstacle === null ? null : now,
          checked: 0,
          requests: 0,
          counts: null,
          totals: noDrift(),
        },
      },
      { upsert: true },
    );
  }

  /**
   * Notes that a scan begins another step.
   *
   * @param reportId The scan.
   * @param now The present.
   * @returns False when it has ended: nothing may be done in its name any more.
   */
  async move(reportId: string, now: Date): Promise<boolean> {
    const { matchedCount } = await this.reports.updateOne(
      { _id: reportId, state: "running" },
      { $set: { moved_at: now } },
    );
    return matchedCount === 1;
  }

  /**
   * Remembers differences to look at again.
   *
   * @param reportId The scan.
   * @param found Any number.
   * @param now When they were seen.
   */
  async suspect(
    reportId: string,
    found: readonly FoundDrift[],
    now: Date,
  ): Promise<void> {
    if (found.length === 0) return;
    await this.items.bulkWrite(
      found.flatMap(({ target, drift }) => [
        {
          updateOne: {
            filter: {
              _id: target.id,
              state: { $in: ["gone" as const, "repaired" as const] },
            },
            update: { $set: { state: "suspected", first_seen_at: now } },
          },
        },
        {
          updateOne: {
            filter: { _id: target.id },
            update: {
              $set: {
                ...toFields(drift),
                collection: target.collection,
                place: target.place,
                report_id: reportId,
                seen_at: now,
              },
              $setOnInsert: { state: "suspected", first_seen_at: now },
            },
            upsert: true,
          },
        },
      ]),
    );
  }

  /**
   * Reads what a scan suspects, by id.
   *
   * @param reportId The scan.
   * @param after The last id of the page before, or null.
   * @param limit How many at most.
   * @returns What to look at again.
   */
  async listSuspected(
    reportId: string,
    after: string | null,
    limit: number,
  ): Promise<DriftTarget[]> {
    const items = await this.items
      .find({ report_id: reportId, ...(after && { _id: { $gt: after } }) })
      .sort({ _id: 1 }).limit(limit).toArray();
    return items.map(toTarget);
  }

  /**
   * Settles second looks.
   *
   * @param looks Any number.
   */
  async confirm(looks: readonly SecondLook[]): Promise<void> {
    if (looks.length === 0) return;
    await this.items.bulkWrite(looks.map(({ target, drift }) => ({
      updateOne: {
        filter: { _id: target.id },
        update: {
          $set: drift === null
            ? { state: "gone" as const }
            : { state: "open" as const, ...toFields(drift) },
        },
      },
    })));
  }

  /**
   * Ends a scan: what it did not see any more is gone.
   *
   * @param reportId The scan.
   * @param facts What it came to.
   * @returns The confirmed differences.
   */
  async finish(
    reportId: string,
    facts: Pick<DriftReport, "checked" | "requests" | "counts"> & {
      readonly finished_at: Date;
    },
  ): Promise<DriftReport["totals"]> {
    await this.items.updateMany(
      { state: { $in: ["open", "suspected"] }, report_id: { $ne: reportId } },
      { $set: { state: "gone" } },
    );
    const totals = noDrift();
    const open = this.items.find({ state: "open", report_id: reportId })
      .project<{ kind: DriftKind }>({ kind: 1 });
    for await (const { kind } of open) totals[kind]++;
    await this.reports.updateOne(
      { _id: reportId },
      { $set: { ...facts, totals, state: "done" } },
    );
    return totals;
  }

  /** Marks a scan as failed; what it had found stays as it is. */
  async fail(reportId: string, reason: string, now: Date): Promise<void> {
    await this.reports.updateOne(
      { _id: reportId, state: "running" },
      { $set: { state: "failed", reason, finished_at: now } },
    );
  }

  /**
   * Gives up scans that have lost their run.
   *
   * @param since What has not moved since then.
   * @param now The present.
   */
  async abandon(since: Date, now: Date): Promise<void> {
    await this.reports.updateMany(
      { kind: "scan", state: "running", moved_at: { $not: { $gte: since } } },
      {
        $set: {
          state: "failed",
          reason: "It stopped on its way: its run was lost",
          finished_at: now,
        },
      },
    );
  }

  /** @returns Another scan that is under way, or null. */
  async findRunning(ownId: string): Promise<DriftReport | null> {
    return await this.reports.findOne({
      _id: { $ne: ownId },
      kind: "scan",
      state: "running",
    });
  }

  /** Marks an item as repaired. */
  async markRepaired(id: string): Promise<void> {
    await this.items.updateOne({ _id: id }, { $set: { state: "repaired" } });
  }

  /** @returns The last attempt and the last scan that came to its end. */
  async readLatest(): Promise<
    { readonly attempt: DriftReport | null; readonly good: DriftReport | null }
  > {
    const newest = { started_at: -1 as const };
    const [attempt, good] = await Promise.all([
      this.reports.findOne({ kind: "scan" }, { sort: newest }),
      this.reports.findOne({ kind: "scan", state: "done" }, { sort: newest }),
    ]);
    return { attempt, good };
  }

  /**
   * Reads the scans that came to their end, for a chart.
   *
   * @param limit How many of the newest.
   * @returns The oldest first.
   */
  async readHistory(limit: number): Promise<readonly DriftReport[]> {
    const reports = await this.reports.find({ kind: "scan", state: "done" })
      .sort({ started_at: -1 }).limit(limit).toArray();
    return reports.reverse();
  }

  /**
   * Reads open items, the newest first.
   *
   * @param limit How many.
   * @param kind Of this kind only.
   * @returns The items.
   */
  async listOpen(limit: number, kind?: DriftKind): Promise<DriftItem[]> {
    return await this.items
      .find({ state: "open", ...(kind && { kind }) })
      .sort({ seen_at: -1, _id: -1 }).limit(limit).toArray();
  }
}

function toFields({ kind, fields, cause }: Drift) {
  return { kind, cause, fields: fields.map((field) => ({ ...field })) };
}
