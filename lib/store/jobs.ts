/**
 * Long work with its progress: what was asked for, how far it is, and whether it
 * may go on. Whoever does the work looks here between two portions of it.
 *
 * A checkpoint only moves on from where it was read, so two runs of one job
 * cannot count a portion twice.
 */
import type { Collection, Db } from "mongodb";

/** Where a job stands; the last three are final. */
export type JobState = "running" | "paused" | "cancelled" | "done" | "failed";

/** A document of the collection `jobs`. */
export interface JobDocument {
  _id: string;
  /** What it does, such as `replay`. */
  kind: string;
  state: JobState;
  /** How much there is to do. */
  total: number;
  done: number;
  /** Id of the last thing that was done, or null. */
  checkpoint: string | null;
  /** What was asked for. */
  request: Record<string, unknown>;
  /** Who asked. */
  actor: string;
  /** Why it failed, or null. */
  error: string | null;
  started_at: Date;
  updated_at: Date;
}

/** What is known of a job before it runs. */
export type NewJob = Pick<
  JobDocument,
  "_id" | "kind" | "total" | "request" | "actor" | "started_at"
>;

/** One portion of work that is done. */
export interface Portion {
  /** The checkpoint from which it went on. */
  readonly from: string | null;
  /** The checkpoint at which it ended. */
  readonly to: string;
  readonly count: number;
}

/** The record of jobs. */
export class Jobs {
  /** The collection itself, for reading. */
  readonly documents: Collection<JobDocument>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<JobDocument>("jobs");
  }

  /**
   * Starts a job, unless it was started before.
   *
   * @param job What is known of it.
   */
  async start({ _id, started_at, ...facts }: NewJob): Promise<void> {
    await this.documents.updateOne(
      { _id },
      {
        $setOnInsert: {
          ...facts,
          state: "running",
          done: 0,
          checkpoint: null,
          error: null,
          started_at,
          updated_at: started_at,
        },
      },
      { upsert: true },
    );
  }

  /** @returns The job, or null when there is none. */
  async read(id: string): Promise<JobDocument | null> {
    return await this.documents.findOne({ _id: id });
  }

  /**
   * Reads the newest jobs.
   *
   * @param limit How many.
   * @returns The newest first.
   */
  async readNewest(limit: number): Promise<readonly JobDocument[]> {
    return await this.documents.find().sort({ started_at: -1, _id: -1 })
      .limit(limit).toArray();
  }

  /**
   * Counts a portion as done.
   *
   * @param id The job.
   * @param portion The work.
   * @param now The present.
   * @returns False when another run of the job has done it already.
   */
  async advance(id: string, portion: Portion, now: Date): Promise<boolean> {
    const { from, to, count } = portion;
    const { matchedCount } = await this.documents.updateOne(
      { _id: id, checkpoint: from },
      { $set: { checkpoint: to, updated_at: now }, $inc: { done: count } },
    );
    return matchedCount === 1;
  }

  /** Lets a running job stop after its present portion; false if it does not run. */
  pause(id: string, now: Date): Promise<boolean> {
    return this.#move(id, ["running"], { state: "paused", updated_at: now });
  }

  /** Lets a paused job run; somebody must start a run of it. False if it is not paused. */
  resume(id: string, now: Date): Promise<boolean> {
    return this.#move(id, ["paused"], { state: "running", updated_at: now });
  }

  /** Ends a job for good after its present portion; false if it has ended. */
  cancel(id: string, now: Date): Promise<boolean> {
    return this.#move(id, ["running", "paused"], {
      state: "cancelled",
      updated_at: now,
    });
  }

  /** Marks a running job as done; false if it does not run. */
  finish(id: string, now: Date): Promise<boolean> {
    return this.#move(id, ["running"], { state: "done", updated_at: now });
  }

  /** Marks a job that cannot go on; false if it has ended. */
  fail(id: string, error: string, now: Date): Promise<boolean> {
    return this.#move(id, ["running", "paused"], {
      state: "failed",
      error,
      updated_at: now,
    });
  }

  async #move(
    id: string,
    from: readonly JobState[],
    to: Pick<JobDocument, "state" | "updated_at"> & { error?: string },
  ): Promise<boolean> {
    const { matchedCount } = await this.documents.updateOne(
      { _id: id, state: { $in: [...from] } },
      { $set: to },
    );
    return matchedCount === 1;
  }
}
