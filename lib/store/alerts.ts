/**
 * The alerts that are open and those that were: each opens once and closes once,
 * whoever looks and however often.
 *
 * A unique index over open alerts allows one a kind, so looks that overlap agree.
 * What has to be told of an alert lies in its own document, written together with
 * the change that it tells of; alert_notices.ts takes it from there.
 */
import type { Collection, Db } from "mongodb";
import type { AlertKind, AlertPhase, Verdict } from "../alerts/alert.ts";
import { isDuplicateKey } from "./duplicate_key.ts";

/** Where alerts are told. */
export type AlertChannel = "webhook" | "email";

/** One message to one place. */
export interface AlertNotice {
  readonly phase: AlertPhase;
  readonly channel: AlertChannel;
  /**
   * `due` until it is taken, `sending` while somebody is at it, `sent` once it
   * was taken, `refused` when it never will be.
   */
  readonly state: "due" | "sending" | "sent" | "refused";
  /** When it may be tried; while it is being sent, when it is given up on. */
  readonly next_at: Date;
  readonly attempts: number;
  readonly sent_at: Date | null;
  /** Why the last attempt failed, without a secret. */
  readonly error: string | null;
}

/** A document of the collection `alerts`. */
export interface AlertDocument {
  _id: string;
  kind: AlertKind;
  state: "open" | "closed";
  title: string;
  /** As of the last look. */
  detail: string;
  /** Page of the dashboard that shows it. */
  path: string;
  opened_at: Date;
  /** When it was last seen to be true. */
  seen_at: Date;
  /** Since when it is not true any more, while it is open. */
  clear_since: Date | null;
  closed_at: Date | null;
  notices: AlertNotice[];
}

/** When and where. */
export interface AlertUpdate {
  readonly now: Date;
  /** Where a change is told. */
  readonly channels: readonly AlertChannel[];
}

/** What a look has changed. */
export interface AlertChanges {
  readonly opened: readonly AlertKind[];
  readonly closed: readonly AlertKind[];
}

/** An alert closes once it has been clear for so long; silence ends at once. */
const CLEAR_FOR_MS: Readonly<Partial<Record<AlertKind, number>>> = {
  silence: 0,
};
const DEFAULT_CLEAR_FOR_MS = 2 * 60_000;

/** The collection of alerts. */
export class Alerts {
  /** The collection itself, for reading. */
  readonly documents: Collection<AlertDocument>;

  /** @param db The database. */
  constructor(db: Db) {
    this.documents = db.collection<AlertDocument>("alerts");
  }

  /**
   * Opens, keeps open and closes what a look says.
   *
   * @param verdicts One a kind at most.
   * @param update When it was, and where changes are told.
   * @returns What this look has changed; of two at once only one has.
   */
  async apply(
    verdicts: readonly Verdict[],
    update: AlertUpdate,
  ): Promise<AlertChanges> {
    const open = new Map(
      (await this.readOpen()).map((alert) => [alert.kind, alert]),
    );
    const opened: AlertKind[] = [];
    const closed: AlertKind[] = [];
    for (const verdict of verdicts) {
      const { kind, state } = verdict;
      const known = open.get(kind);
      if (state === "firing") {
        if (await this.#keepOpen(verdict, update)) opened.push(kind);
      } else if (known !== undefined && state === "holding") {
        await this.#unsettle(known);
      } else if (known !== undefined) {
        if (await this.#clear(known, update)) closed.push(kind);
      }
    }
    return { opened, closed };
  }

  /** @returns The open alerts, the newest first. */
  async readOpen(): Promise<AlertDocument[]> {
    return await this.documents.find({ state: "open" })
      .sort({ opened_at: -1, _id: -1 }).toArray();
  }

  /**
   * Reads alerts that are over.
   *
   * @param limit How many.
   * @returns Those that opened last first.
   */
  async readClosed(limit: number): Promise<AlertDocument[]> {
    return await this.documents.find({ state: "closed" })
      .sort({ opened_at: -1, _id: -1 }).limit(limit).toArray();
  }

  /** Opens an alert or renews the open one; tells whether it opened one. */
  async #keepOpen(
    { kind, title, detail, path }: Extract<Verdict, { state: "firing" }>,
    { now, channels }: AlertUpdate,
  ): Promise<boolean> {
    try {
      const { upsertedCount } = await this.documents.updateOne(
        { kind, state: "open" },
        {
          $set: { title, detail, path, seen_at: now, clear_since: null },
          $setOnInsert: {
            _id: crypto.randomUUID(),
            opened_at: now,
            closed_at: null,
            notices: toNotices("opened", channels, now),
          },
        },
        { upsert: true },
      );
      return upsertedCount === 1;
    } catch (error) {
      // Another look opened it in this moment.
      if (isDuplicateKey(error, "kind")) return false;
      throw error;
    }
  }

  /** What is not certain any more has not been clear all the time. */
  async #unsettle({ _id, clear_since }: AlertDocument): Promise<void> {
    if (clear_since === null) return;
    await this.documents.updateOne(
      { _id, state: "open" },
      { $set: { clear_since: null } },
    );
  }

  /** Closes an alert once it has been clear for long enough. */
  async #clear(
    { _id, kind, clear_since }: AlertDocument,
    { now, channels }: AlertUpdate,
  ): Promise<boolean> {
    const clearForMs = CLEAR_FOR_MS[kind] ?? DEFAULT_CLEAR_FOR_MS;
    const since = clear_since ?? now;
    if (now.getTime() - since.getTime() < clearForMs) {
      await this.documents.updateOne(
        { _id, state: "open" },
        { $set: { clear_since: since } },
      );
      return false;
    }
    const { modifiedCount } = await this.documents.updateOne(
      { _id, state: "open" },
      {
        $set: { state: "closed", closed_at: now, clear_since: since },
        $push: { notices: { $each: toNotices("closed", channels, now) } },
      },
    );
    return modifiedCount === 1;
  }
}

function toNotices(
  phase: AlertPhase,
  channels: readonly AlertChannel[],
  now: Date,
): AlertNotice[] {
  return channels.map((channel) => ({
    phase,
    channel,
    state: "due",
    next_at: now,
    attempts: 0,
    sent_at: null,
    error: null,
  }));
}
