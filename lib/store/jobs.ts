/**
 * Long work with its progress: what was asked for, how far it is, and whether it
 * may go on. Whoever does the work looks here between two portions of it.
 *
 * A checkpoint only moves on from where it was read, so two runs of one job
 * cannot count a portion twice. Of a kind that must not run twice at once, a
 * unique index allows one open job.
 */
import type { Collection, Db } from "mongodb";
import { isDuplicateKey } from "./duplicate_key.ts";

/** Where a job stands; "failed" can be resumed, "cancelled" and "done" are final. */
export type JobState = "running" | "paused" | "cancelled" | "done" | "failed";

/** A thing that could not be done, though the job went on. */
export interface JobFailure {
  /** Which, by Clerk's id. */
  readonly id: string;
  readonly reason: string;
}

/** A document of the collection `jobs`. */
export interface JobDocument {
  _id: string;
  /** What it does, such as `replay`. */
  kind: string;
  state: JobState;
  /** How much there is to do; 0 while nobody knows. */
  total: number;
  done: number;
  /** How many of those done could not be done. */
  failed: number;
  /** The first of them, by name. */
  failures: JobFailure[];
  /** What became of those done, by outcome. */
  counts: Record<string, number>;
  /** Where to go on, in the words of whoever does the work, or null. */
  checkpoint: string | null;
  /** What was asked for. */
  request: Record<string, unknown>;
  /** Who asked. */
  actor: string;
  /** Why it failed, or null. */
  error: string | null;
  started_at: Date;
  updated_at: Date;
  /** Time spent at work, without pauses, ms. */
  worked_ms: number;
  /** The kind, where only one job of it may be open; else absent. */
  exclusive?: string;
}

/** What is known of a job before it runs. */
export type NewJob =
  & Pick<
    JobDocument,
    "_id" | "kind" | "total" | "request" | "actor" | "started_at"
  >
  & {
    /** Whether another open job of the kind forbids this one. */
    readonly isExclusive?: boolean;
  };

/** One portion of work that is done. */
export interface Portion {
  /** The checkpoint from which it went on. */
  readonly from: string | null;
  /** The checkpoint at which it ended. */
  readonly to: string;
  readonly count: number;
  /** How long it took, ms; see workedSince(). */
  readonly workedMs: number;
  readonly failures?: readonly JobFailure[];
  /** What became of the count, by outcome. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** Failures that a job names; more are only counted. */
const MAX_FAILURES = 100;

const OPEN: readonly JobState[] = ["running", "paused"];

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
   * @returns False when another job of an exclusive kind is open.
   */
  async start(
    { _id, isExclusive = false, ...facts }: NewJob,
  ): Promise<boolean> {
    const fields = {
      ...facts,
      state: "running" as const,
      done: 0,
      failed: 0,
      failures: [],
      counts: {},
      checkpoint: null,
      error: null,
      updated_at: facts.started_at,
      worked_ms: 0,
      ...(isExclusive ? { exclusive: facts.kind } : {}),
    };
    return await refusedByAnother(() =>
      this.documents.updateOne(
        { _id },
        { $setOnInsert: fields },
        { upsert: true },
      )
    ) !== "refused";
  }

  /** @returns The job, or null when there is none. */
  async read(id: string): Promise<JobDocument | null> {
    return await this.documents.findOne({ _id: id });
  }

  /** @returns The job of a kind that was started last, or null. */
  async readLatest(kind: string): Promise<JobDocument | null> {
    return await this.documents.findOne(
      { kind },
      { sort: { started_at: -1, _id: -1 } },
    );
  }

  /** @returns The running or paused job of an exclusive kind, or null. */
  async readOpen(kind: string): Promise<JobDocument | null> {
    return await this.documents.findOne({
      exclusive: kind,
      state: { $in: [...OPEN] },
    });
  }

  /** Says how much there is to do, once that is known. */
  async setTotal(id: string, total: number): Promise<void> {
    await this.documents.updateOne({ _id: id }, { $set: { total } });
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
    const { from, to, count, workedMs, failures = [], counts = {} } = portion;
    const named = Object.fromEntries(
      Object.entries(counts).map(([name, n]) => [`counts.${name}`, n]),
    );
    const { matchedCount } = await this.documents.updateOne(
      { _id: id, checkpoint: from },
      {
        $set: { checkpoint: to, updated_at: now },
        $inc: {
          done: count,
          failed: failures.length,
          worked_ms: workedMs,
          ...named,
        },
        $push: { failures: { $each: [...failures], $slice: MAX_FAILURES } },
      },
    );
    return matchedCount === 1;
  }

  /** Lets a running job stop after its present portion; false if it does not run. */
  pause(id: string, now: Date): Promise<boolean> {
    return this.#move(id, ["running"], { state: "paused", updated_at: now });
  }

  /**
   * Lets a paused or failed job run; somebody must start a run of it. False if
   * it is neither, or another job of its exclusive kind is open.
   */
  resume(id: string, now: Date): Promise<boolean> {
    return this.#move(id, ["paused", "failed"], {
      state: "running",
      error: null,
      updated_at: now,
    });
  }

  /** Ends a job for good after its present portion; false if it has ended. */
  cancel(id: string, now: Date): Promise<boolean> {
    return this.#move(id, OPEN, { state: "cancelled", updated_at: now });
  }

  /** Marks a running job as done; false if it does not run. */
  finish(id: string, now: Date): Promise<boolean> {
    return this.#move(id, ["running"], { state: "done", updated_at: now });
  }

  /** Marks a job that cannot go on; false if it has ended. */
  fail(id: string, error: string, now: Date): Promise<boolean> {
    return this.#move(id, OPEN, { state: "failed", error, updated_at: now });
  }

  async #move(
    id: string,
    from: readonly JobState[],
    to: Pick<JobDocument, "state" | "updated_at"> & { error?: string | null },
  ): Promise<boolean> {
    const moved = await refusedByAnother(() =>
      this.documents.updateOne(
        { _id: id, state: { $in: [...from] } },
        { $set: to },
      )
    );
    return moved !== "refused" && moved.matchedCount === 1;
  }
}

/** Runs a write; another open job of an exclusive kind refuses it. */
async function refusedByAnother<T>(
  write: () => Promise<T>,
): Promise<T | "refused"> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicateKey(error, "exclusive")) return "refused";
    throw error;
  }
}
