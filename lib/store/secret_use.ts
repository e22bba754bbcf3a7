/**
 * Which signing secret verified webhooks, and when it last did: after a rotation
 * it tells when the old one can go.
 *
 * It knows secrets by their fingerprint only.
 */
import type { Collection, Db } from "mongodb";
import type { ReceivedEvent } from "./webhook_events.ts";
import { type CollectionUpdates, updatesOf } from "./write_across.ts";

/** A document of the collection `secret_use`. */
export interface SecretUseDocument {
  /** Fingerprint of the secret. */
  _id: string;
  /** When it verified the first event that was recorded. */
  first_at: Date;
  /** When it verified the newest. */
  last_at: Date;
  /** How many events; one that is delivered again counts again. */
  count: number;
}

/** What is read of an arrival. */
type Arrival = Pick<ReceivedEvent, "secret" | "received_at">;

/** The record of which secret verified when. */
export class SecretUse {
  /** The collection itself, for reading. */
  readonly documents: Collection<SecretUseDocument>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<SecretUseDocument>("secret_use");
  }

  /**
   * The updates that count the secrets of a batch of arrivals.
   *
   * @param arrivals Any number; those of the road without a signature cost nothing.
   * @returns One update a secret.
   */
  plan(arrivals: readonly Arrival[]): CollectionUpdates {
    const bySecret = Map.groupBy(arrivals, ({ secret }) => secret);
    return updatesOf(
      this.documents,
      [...bySecret].flatMap(([secret, group]) =>
        secret === null ? [] : [{
          filter: { _id: secret },
          update: toUpdate(group.map(({ received_at }) => received_at)),
          upsert: true,
        }]
      ),
    );
  }

  /** @returns Every secret that ever verified, the one used last first. */
  async readAll(): Promise<readonly SecretUseDocument[]> {
    return await this.documents.find().sort({ last_at: -1, _id: 1 }).toArray();
  }
}

function toUpdate(times: readonly Date[]) {
  const ms = times.map((at) => at.getTime());
  return {
    $min: { first_at: new Date(Math.min(...ms)) },
    $max: { last_at: new Date(Math.max(...ms)) },
    $inc: { count: times.length },
  };
}
