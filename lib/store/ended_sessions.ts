/**
 * The dashboard's sessions that somebody ended before their time: a copy of such
 * a cookie lets nobody in any more.
 *
 * An entry expires with its session, by an index: from then on the cookie's own
 * expiry keeps everybody out. It knows ids only, not whose sessions they were.
 */
import type { Collection, Db } from "mongodb";

/** A document of the collection `ended_sessions`. */
export interface EndedSession {
  /** The session's id. */
  _id: string;
  /** When the session would have ended by itself. */
  expires_at: Date;
}

/** The record of sessions that were ended. */
export class EndedSessions {
  /** The collection itself, for reading. */
  readonly documents: Collection<EndedSession>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<EndedSession>("ended_sessions");
  }

  /**
   * Ends a session; ending it again changes nothing.
   *
   * @param session Its id, and when it would have ended by itself.
   */
  async add(
    { id, expiresAt }: { readonly id: string; readonly expiresAt: Date },
  ): Promise<void> {
    await this.documents.updateOne(
      { _id: id },
      { $setOnInsert: { expires_at: expiresAt } },
      { upsert: true },
    );
  }

  /**
   * Tells whether a session was ended.
   *
   * @param id The session's id.
   * @returns Whether it was; false as well when it ended by itself long ago.
   */
  async has(id: string): Promise<boolean> {
    return await this.documents.findOne({ _id: id }) !== null;
  }
}
