/**
 * Events whose function failed for good, kept until somebody replays them.
 *
 * One document an event and function: failing again overwrites, so that the
 * newest error is the one that is shown, and wants somebody's attention again.
 */
import type { Collection, Db } from "mongodb";

/** A document of the collection `dead_letters`. */
export interface DeadLetterDocument {
  /** Function id and event id. */
  _id: string;
  function_id: string;
  event_id: string;
  event_name: string;
  /** Clerk's id of the object that the event is about, or null. */
  subject: string | null;
  run_id: string;
  error: { name: string; message: string };
  failed_at: Date;
  /** How often the function failed for good on this event. */
  failures: number;
  /** When it was replayed last, or null. */
  replayed_at: Date | null;
}

/** What is known of a failure. */
export type Failure = Omit<
  DeadLetterDocument,
  "_id" | "failures" | "replayed_at"
>;

/** The events that need somebody's attention. */
export class DeadLetters {
  /** The collection itself, for reading. */
  readonly documents: Collection<DeadLetterDocument>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<DeadLetterDocument>("dead_letters");
  }

  /**
   * Keeps a failed event.
   *
   * @param failure The function, the event and the error.
   */
  async add(failure: Failure): Promise<void> {
    await this.documents.updateOne(
      { _id: `${failure.function_id}:${failure.event_id}` },
      {
        $set: { ...failure, replayed_at: null },
        $inc: { failures: 1 },
      },
      { upsert: true },
    );
  }

  /**
   * Marks the dead letters of a function that runs again by the clock.
   *
   * @param functionId Inngest's full id, as in the letters.
   * @param now The present.
   */
  async close(functionId: string, now: Date): Promise<void> {
    await this.documents.updateMany(
      { function_id: functionId, replayed_at: null },
      { $set: { replayed_at: now } },
    );
  }

  /**
   * Marks the dead letters of events that are sent again.
   *
   * @param eventIds Keys of the events' records, with or without dead letters.
   * @param now The present.
   * @param except Functions that do not run again; their letters stay open.
   */
  async markReplayed(
    eventIds: readonly string[],
    now: Date,
    except: readonly string[] = [],
  ): Promise<void> {
    await this.documents.updateMany(
      { event_id: { $in: [...eventIds] }, function_id: { $nin: [...except] } },
      { $set: { replayed_at: now } },
    );
  }
}
