/**
 * When a recurring function ran last: what does not run cannot say so itself.
 */
import type { Collection, Db } from "mongodb";

/** Inngest's id of the function that looks for alerts. */
export const WATCH_ALERTS = "watch-alerts";

/** What runs every minute and has not for so long does not run, ms. */
export const STALLED_MS = 5 * 60_000;

/** A document of the collection `heartbeats`. */
export interface Heartbeat {
  /** Inngest's function id. */
  _id: string;
  /** When it ran for the first time. */
  first_at: Date;
  /** Since when it runs without a break. */
  resumed_at: Date;
  last_at: Date;
}

/** The record of what ran when. */
export class Heartbeats {
  /** The collection itself, for reading. */
  readonly documents: Collection<Heartbeat>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<Heartbeat>("heartbeats");
  }

  /**
   * Notes that a function has done its work.
   *
   * @param functionId Inngest's function id.
   * @param now When.
   */
  async beat(functionId: string, now: Date): Promise<void> {
    const known = await this.read(functionId);
    await this.documents.updateOne(
      { _id: functionId },
      {
        $max: { last_at: now, resumed_at: runningSince(known, now) },
        $setOnInsert: { first_at: now },
      },
      { upsert: true },
    );
  }

  /**
   * Reads when a function ran.
   *
   * @param functionId Inngest's function id.
   * @returns The record, or null when it never did.
   */
  async read(functionId: string): Promise<Heartbeat | null> {
    return await this.documents.findOne({ _id: functionId });
  }
}

/**
 * Since when a function that runs now has run without a break.
 *
 * @param heartbeat What is on record; null when it never ran before.
 * @param now The present.
 * @returns The present, after a break.
 */
export function runningSince(heartbeat: Heartbeat | null, now: Date): Date {
  const isBack = heartbeat === null ||
    now.getTime() - heartbeat.last_at.getTime() > STALLED_MS;
  return isBack ? now : heartbeat.resumed_at;
}
