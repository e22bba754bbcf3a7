/**
 * What was refused at the door, kept for a while: webhooks whose signature or
 * shape was wrong, so that an operator sees a wrong secret for what it is.
 *
 * At most 1,000 entries and 7 days, whatever arrives. It holds no body that
 * could be delivered again: Svix retries what was answered 400 by itself.
 */
import type { Collection, Db } from "mongodb";

/** A document of the collection `quarantine`. */
export interface QuarantineDocument {
  _id: string;
  at: Date;
  /** Code of the problem that was answered, such as `bad-signature`. */
  reason: string;
  /** The HTTP status that was answered. */
  status: number;
  /** Headers that identify the message and its sender; no signature. */
  headers: Record<string, string>;
  size_bytes: number;
  /** The first 4 KB, redacted. */
  body: string;
}

/** The most that is kept. */
export const MAX_QUARANTINED = 1_000;

/** The refused webhooks. */
export class Quarantine {
  /** The collection itself, for reading. */
  readonly documents: Collection<QuarantineDocument>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<QuarantineDocument>("quarantine");
  }

  /**
   * Keeps refused webhooks; the oldest make room for them first.
   *
   * @param refused Any number up to the most that is kept.
   */
  async keep(refused: readonly QuarantineDocument[]): Promise<void> {
    if (refused.length === 0) return;
    const surplus = await this.documents
      .find({}, { projection: { _id: 1 } })
      .sort({ at: -1, _id: -1 })
      .skip(MAX_QUARANTINED - refused.length)
      .toArray();
    if (surplus.length > 0) {
      await this.documents.deleteMany({
        _id: { $in: surplus.map(({ _id }) => _id) },
      });
    }
    await this.documents.insertMany([...refused], { ordered: false });
  }

  /**
   * Reads the newest entries.
   *
   * @param limit How many.
   * @returns The newest first.
   */
  async readNewest(limit: number): Promise<readonly QuarantineDocument[]> {
    return await this.documents.find().sort({ at: -1, _id: -1 }).limit(limit)
      .toArray();
  }
}
