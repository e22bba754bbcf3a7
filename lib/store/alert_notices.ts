/**
 * Who sends which message about an alert, so that each is sent once.
 *
 * A message is claimed before it is sent, and the claim is settled after. A claim
 * that is never settled, because the process died between the two, ends after a
 * while: then nobody knows whether the message was sent, and it is sent again,
 * under the same key.
 */
import type { Collection, Db } from "mongodb";
import type { AlertPhase } from "../alerts/alert.ts";
import type { AlertChannel, AlertDocument, AlertNotice } from "./alerts.ts";

/** Names one message. */
export interface NoticeKey {
  readonly alertId: string;
  readonly phase: AlertPhase;
  readonly channel: AlertChannel;
}

/** What came of an attempt. */
export type NoticeOutcome =
  | { readonly kind: "sent" }
  | {
    readonly kind: "failed";
    readonly error: string;
    readonly isFinal: boolean;
    /** Asked for by the receiver, ms. */
    readonly retryAfterMs: number | undefined;
  };

/** What may be sent, and when. */
export interface DueNotice extends NoticeKey {
  readonly at: Date;
}

/** Longer than an attempt takes. */
const CLAIM_MS = 60_000;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** News of an alert is no news any more. */
const GIVE_UP_MS = 24 * 60 * 60_000;

const UNSETTLED: readonly AlertNotice["state"][] = ["due", "sending"];

/** The messages about alerts, which lie in the alerts themselves. */
export class AlertNotices {
  readonly #alerts: Collection<AlertDocument>;

  /** @param db The database. */
  constructor(db: Db) {
    this.#alerts = db.collection<AlertDocument>("alerts");
  }

  /**
   * Lists the messages that are to be sent, now or later.
   *
   * @returns For each alert and place the one that comes first: that an alert is
   * over is not told before that there was one.
   */
  async listDue(): Promise<readonly DueNotice[]> {
    const alerts = await this.#alerts
      .find({ "notices.state": { $in: [...UNSETTLED] } })
      .project<Pick<AlertDocument, "_id" | "notices">>({ notices: 1 })
      .toArray();
    return alerts.flatMap(({ _id, notices }) => {
      const open = notices.filter(({ state }) => UNSETTLED.includes(state));
      const byChannel = Map.groupBy(open, ({ channel }) => channel);
      return [...byChannel.values()].flatMap(([first]) =>
        first === undefined ? [] : [{
          alertId: _id,
          phase: first.phase,
          channel: first.channel,
          at: first.next_at,
        }]
      );
    });
  }

  /**
   * Takes a message for sending.
   *
   * @param key The message.
   * @param now The present.
   * @returns The alert to tell of; null when the message was sent, is being sent
   * or is not due.
   */
  async claim(key: NoticeKey, now: Date): Promise<AlertDocument | null> {
    return await this.#alerts.findOneAndUpdate(
      toFilter(key, { state: { $in: UNSETTLED }, next_at: { $lte: now } }),
      {
        $set: {
          "notices.$[one].state": "sending",
          "notices.$[one].next_at": new Date(now.getTime() + CLAIM_MS),
        },
        $inc: { "notices.$[one].attempts": 1 },
      },
      { returnDocument: "after", arrayFilters: toArrayFilters(key) },
    );
  }

  /**
   * Settles a claim.
   *
   * @param key The message.
   * @param attempt The alert as {@linkcode AlertNotices.claim} gave it, what came
   * of it, and when.
   */
  async settle(
    key: NoticeKey,
    { claimed, outcome, now }: {
      readonly claimed: AlertDocument;
      readonly outcome: NoticeOutcome;
      readonly now: Date;
    },
  ): Promise<void> {
    const { opened_at, closed_at, notices } = claimed;
    const since = key.phase === "closed" ? closed_at ?? opened_at : opened_at;
    const attempts = notices.find((notice) => isOf(notice, key))?.attempts ?? 1;
    await this.#alerts.updateOne(
      toFilter(key, { state: "sending" }),
      { $set: toUpdate(outcome, { attempts, now, since }) },
      { arrayFilters: toArrayFilters(key) },
    );
  }
}

function isOf(notice: AlertNotice, { phase, channel }: NoticeKey): boolean {
  return notice.phase === phase && notice.channel === channel;
}

function toFilter(
  { alertId, phase, channel }: NoticeKey,
  conditions: Record<string, unknown>,
) {
  return {
    _id: alertId,
    notices: { $elemMatch: { phase, channel, ...conditions } },
  };
}

/** The one message that the update is about. */
function toArrayFilters({ phase, channel }: NoticeKey) {
  return [{ "one.phase": phase, "one.channel": channel }];
}

function toUpdate(
  outcome: NoticeOutcome,
  { attempts, now, since }: {
    readonly attempts: number;
    readonly now: Date;
    readonly since: Date;
  },
) {
  if (outcome.kind === "sent") {
    return {
      "notices.$[one].state": "sent" as const,
      "notices.$[one].sent_at": now,
      "notices.$[one].error": null,
    };
  }
  const isTooLate = now.getTime() - since.getTime() > GIVE_UP_MS;
  const pauseMs = Math.max(
    outcome.retryAfterMs ?? 0,
    Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS),
  );
  return {
    "notices.$[one].state": outcome.isFinal || isTooLate
      ? "refused" as const
      : "due" as const,
    "notices.$[one].next_at": new Date(now.getTime() + pauseMs),
    "notices.$[one].error": outcome.error,
  };
}
