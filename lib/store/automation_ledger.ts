/**
 * What was done for whom: one entry an automation and user, so that nobody is
 * mailed or billed twice, whatever is delivered, replayed or crashes.
 *
 * An entry is claimed before the provider is asked and settled after. Claiming is
 * no lock: whoever claims again asks the provider under the same idempotency key.
 * `asked_at` is the first request that the provider may have heard; once its key
 * is forgotten there, nobody may ask again, for the answer would not be the same.
 *
 * An entry holds ids and codes, no address and no name. It is kept for good: an
 * entry that is gone would let a replay act once more.
 */
import type { Collection, Db } from "mongodb";
import { isDuplicateKey } from "./duplicate_key.ts";

/** A document of the collection `automation_ledger`. */
export interface LedgerEntry {
  /** Automation and user: the idempotency key at the provider. */
  _id: string;
  /** Such as `send-welcome-email`. */
  automation: string;
  /** Clerk's user id. */
  user_id: string;
  state: "claimed" | "done" | "skipped" | "failed";
  /** Why it was skipped, how it failed, or a note on how it was done. */
  reason: string | null;
  /** Key of the record of the event that led to the last attempt. */
  event_id: string;
  /** How often the provider was going to be asked. */
  attempts: number;
  /** Absent while the provider cannot have heard of it. */
  asked_at?: Date;
  /** What the provider calls the result, or null. */
  provider_id: string | null;
  created_at: Date;
  updated_at: Date;
}

/** Which automation, for whom, because of what. */
export interface Task {
  readonly automation: string;
  readonly userId: string;
  readonly eventId: string;
}

/** A claimed entry, as a settlement needs it. */
export interface Claim {
  /** The entry, and the idempotency key at the provider. */
  readonly key: string;
  /** Tells this claim from later ones. */
  readonly attempt: number;
  /** The first earlier request that the provider may have heard. */
  readonly askedBefore: Date | undefined;
}

/** Whether to ask the provider. */
export type ClaimOutcome =
  | ({ readonly kind: "claimed" } & Claim)
  /** Everything is done already. */
  | { readonly kind: "done" }
  /** It may be done already, and the provider can no longer tell. */
  | { readonly kind: "too-late" };

/**
 * The name of an entry, and of what it stands for at the provider.
 *
 * @param automation The automation.
 * @param userId Clerk's user id.
 * @returns Both, with a colon between them.
 */
export function ledgerKey(automation: string, userId: string): string {
  return `${automation}:${userId}`;
}

/** The record of what automations did. */
export class AutomationLedger {
  /** The collection itself, for reading. */
  readonly documents: Collection<LedgerEntry>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<LedgerEntry>("automation_ledger");
  }

  /**
   * Claims an entry, unless its work is done or may not be tried again.
   *
   * @param task What is going to be done.
   * @param now The present.
   * @param askedSince Requests before this are forgotten at the provider;
   * undefined when it never forgets.
   * @returns The claim, or why there is none.
   */
  async claim(
    { automation, userId, eventId }: Task,
    now: Date,
    askedSince: Date | undefined,
  ): Promise<ClaimOutcome> {
    const _id = ledgerKey(automation, userId);
    try {
      const before = await this.documents.findOneAndUpdate(
        {
          _id,
          state: { $ne: "done" },
          ...(askedSince && {
            $or: [
              { asked_at: { $exists: false } },
              { asked_at: { $gte: askedSince } },
            ],
          }),
        },
        {
          $set: {
            state: "claimed",
            reason: null,
            event_id: eventId,
            updated_at: now,
          },
          $min: { asked_at: now },
          $inc: { attempts: 1 },
          $setOnInsert: {
            automation,
            user_id: userId,
            provider_id: null,
            created_at: now,
          },
        },
        { upsert: true, returnDocument: "before" },
      );
      return {
        kind: "claimed",
        key: _id,
        attempt: (before?.attempts ?? 0) + 1,
        askedBefore: before?.asked_at,
      };
    } catch (error) {
      // There is an entry, and the filter has ruled it out.
      if (!isTaken(error)) throw error;
      const entry = await this.documents.findOne({ _id });
      return { kind: entry?.state === "done" ? "done" : "too-late" };
    }
  }

  /**
   * Settles a claim whose work the provider did.
   *
   * @param claim The claim.
   * @param result What the provider calls the result, and a note as a code.
   * @param now The present.
   */
  async settle(
    { key }: Claim,
    result: { readonly id: string | null; readonly note: string | null },
    now: Date,
  ): Promise<void> {
    await this.documents.updateOne({ _id: key }, {
      $set: {
        state: "done",
        reason: result.note,
        provider_id: result.id,
        updated_at: now,
      },
    });
  }

  /**
   * Takes a claim back whose request the provider refused, so that it counts for
   * nothing; a claim that others have followed stays, for theirs may count.
   *
   * @param claim The claim.
   */
  async withdraw({ key, attempt, askedBefore }: Claim): Promise<void> {
    await this.documents.updateOne(
      { _id: key, state: "claimed", attempts: attempt },
      askedBefore === undefined
        ? { $unset: { asked_at: "" } }
        : { $set: { asked_at: askedBefore } },
    );
  }

  /**
   * Notes that nothing is done, and why; work that is done or under way stays.
   *
   * @param task What was not done.
   * @param reason Why, as a code.
   * @param now The present.
   */
  async skip(task: Task, reason: string, now: Date): Promise<void> {
    const { automation, userId, eventId } = task;
    try {
      await this.documents.updateOne(
        {
          _id: ledgerKey(automation, userId),
          state: { $in: ["skipped", "failed"] },
        },
        {
          $set: {
            state: "skipped",
            reason,
            event_id: eventId,
            updated_at: now,
          },
          $setOnInsert: {
            automation,
            user_id: userId,
            attempts: 0,
            provider_id: null,
            created_at: now,
          },
        },
        { upsert: true },
      );
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }

  /**
   * Marks claimed entries as given up; a replay may claim them again.
   *
   * @param keys The entries, whether there are any or not.
   * @param reason How it failed, without personal data.
   * @param now The present.
   */
  async fail(
    keys: readonly string[],
    reason: string,
    now: Date,
  ): Promise<void> {
    await this.documents.updateMany(
      { _id: { $in: [...keys] }, state: "claimed" },
      { $set: { state: "failed", reason, updated_at: now } },
    );
  }

  /** @returns The entry, or null when nothing was tried. */
  async read(automation: string, userId: string): Promise<LedgerEntry | null> {
    return await this.documents.findOne({ _id: ledgerKey(automation, userId) });
  }
}

/** Both unique keys say the same; a server may name either. */
function isTaken(error: unknown): boolean {
  return isDuplicateKey(error, "_id") || isDuplicateKey(error, "user_id");
}
