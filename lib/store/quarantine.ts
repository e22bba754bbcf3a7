/**
 * What was refused at the door, kept for a while: webhooks whose signature or
 * shape was wrong, so that an operator sees a wrong secret for what it is.
 *
 * At most 1,000 entries and 7 days, whatever arrives. What a corrected secret
 * could make good is there whole, but encrypted; this file cannot read it.
 */
import { Binary, type Collection, type Db } from "mongodb";

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
  /** Signature and body, encrypted; null when it cannot be verified again. */
  sealed: Binary | null;
  /** When a second look found a genuine event and sent it on, or null. */
  released_at: Date | null;
}

/** What is known of a refused webhook. */
export type NewEntry = Omit<QuarantineDocument, "sealed" | "released_at"> & {
  readonly sealed: Uint8Array<ArrayBuffer> | null;
};

/** An entry that can be looked at again. */
export interface SealedEntry {
  readonly id: string;
  readonly sealed: Uint8Array<ArrayBuffer>;
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
  async keep(refused: readonly NewEntry[]): Promise<void> {
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
    await this.documents.insertMany(
      refused.map((entry) => ({
        ...entry,
        sealed: entry.sealed && new Binary(entry.sealed),
        released_at: null,
      })),
      { ordered: false },
    );
  }

  /**
   * Reads what can be verified again, by id.
   *
   * @param page The last id of the page before, or null; and how many at most.
   * @param ids Only these; all when undefined.
   * @returns The entries.
   */
  async listSealed(
    page: { readonly after: string | null; readonly limit: number },
    ids?: readonly string[],
  ): Promise<readonly SealedEntry[]> {
    const entries = await this.documents.find({
      sealed: { $type: "binData" },
      _id: { $gt: page.after ?? "", ...(ids && { $in: [...ids] }) },
    }).sort({ _id: 1 }).limit(page.limit).toArray();
    return entries.flatMap(({ _id, sealed }) =>
      sealed === null
        ? []
        : [{ id: _id, sealed: new Uint8Array(sealed.buffer) }]
    );
  }

  /**
   * Marks entries whose events went on their way; their bodies go.
   *
   * @param ids Which.
   * @param now The present.
   */
  async release(ids: readonly string[], now: Date): Promise<void> {
    await this.documents.updateMany({ _id: { $in: [...ids] } }, {
      $set: { sealed: null, released_at: now },
    });
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
