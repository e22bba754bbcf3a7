/**
 * Who did or saw what in the dashboard, kept so that it can be asked later.
 *
 * An entry names objects by id and holds no personal data of theirs.
 */
import type { Collection, Db } from "mongodb";
import type { Clock } from "../clock.ts";

/** A document of the collection `audit_log`. */
export interface AuditEntry {
  _id: string;
  at: Date;
  /** Name of the session. */
  who: string;
  /** What was done, such as `reveal-payload`. */
  action: string;
  /** Id of the object, or null for all. */
  subject: string | null;
  /** In the words of who did it; absent where nobody is asked for any. */
  why?: string | null;
}

/** What was done, and by whom. */
export type AuditedAction = Omit<AuditEntry, "_id" | "at">;

/** The record of what people did. */
export class AuditLog {
  /** The collection itself, for reading. */
  readonly documents: Collection<AuditEntry>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<AuditEntry>("audit_log");
  }

  /**
   * Records one action; await it before the action shows an effect.
   *
   * @param action What was done, and by whom.
   * @param clock Tells when.
   * @param id Recording twice under one id leaves one entry; default a new one.
   */
  async record(
    action: AuditedAction,
    clock: Clock,
    id: string = crypto.randomUUID(),
  ): Promise<void> {
    await this.documents.updateOne(
      { _id: id },
      { $setOnInsert: { at: clock.now(), ...action } },
      { upsert: true },
    );
  }

  /**
   * Reads the newest entries.
   *
   * @param limit How many.
   * @returns The newest first.
   */
  async readNewest(limit: number): Promise<readonly AuditEntry[]> {
    return await this.documents.find().sort({ at: -1, _id: -1 }).limit(limit)
      .toArray();
  }
}
