/**
 * Removes old records every night, in small pieces, so that nobody waits for it.
 *
 * What is removed is in lib/store/retention.ts, for how long it is kept in the
 * settings. A run that has many pieces before it goes on in another.
 */
import { cron, type InngestFunction } from "inngest";
import { z } from "zod";
import type { RetentionConfig } from "../lib/config.ts";
import { RETENTION_REQUESTED } from "../lib/requests.ts";
import {
  removeOld,
  RETENTION_RULES,
  type RetentionRule,
} from "../lib/store/retention.ts";
import { addDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";

/** UTC, away from the full hours at which scans begin. */
const NIGHTLY = "17 3 * * *";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How the work is cut. */
export interface RetentionPieces {
  /** Records in one deletion. Default 500: some tens of milliseconds. */
  readonly records?: number;
  /** Deletions in a step. Default 10. */
  readonly perStep?: number;
  /** Steps in a run. Default 900; Inngest allows 1,000. */
  readonly stepsARun?: number;
}

const goOn = z.object({ from: z.number().int().min(0) });

/**
 * @param deps Inngest, store, clock and configuration.
 * @param pieces How the work is cut; for tests.
 * @returns The function `apply-retention`.
 */
export function applyRetention(
  deps: FunctionDependencies,
  { records = 500, perStep = 10, stepsARun = 900 }: RetentionPieces = {},
): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: "apply-retention",
      name: "Apply retention",
      triggers: [cron(NIGHTLY), { event: RETENTION_REQUESTED }],
      concurrency: { limit: 1 },
      onFailure: (failure) => addDeadLetter(deps, failure),
    },
    async ({ event, step }) => {
      let index = goOn.safeParse(event.data).data?.from ?? 0;
      const removed: Record<string, number> = {};
      for (let count = 0; count < stepsARun; count++) {
        const rule = RETENTION_RULES[index];
        if (rule === undefined) return { removed };
        const { collection } = rule;
        const piece = await step.run(
          `${collection}-${count}`,
          () => removePieces(deps, rule, { records, perStep }),
        );
        removed[collection] = (removed[collection] ?? 0) + piece.removed;
        if (piece.isLast) index++;
      }
      await step.sendEvent("go-on", {
        name: RETENTION_REQUESTED,
        data: { from: index },
      });
      return { removed };
    },
  );
}

/**
 * Does one step's pieces of one rule.
 *
 * @param deps Store, clock and configuration.
 * @param rule What may be removed.
 * @param pieces Records in a piece, and pieces.
 * @returns How many records went, and whether no more are old.
 */
export async function removePieces(
  { store, clock, config }: Pick<
    FunctionDependencies,
    "store" | "clock" | "config"
  >,
  rule: RetentionRule,
  { records, perStep }: { readonly records: number; readonly perStep: number },
): Promise<{ readonly removed: number; readonly isLast: boolean }> {
  const before = oldBefore(config.retention, rule, clock.now());
  let removed = 0;
  if (before === undefined) return { removed, isLast: true };
  await store.ensureIndexes();
  for (let piece = 0; piece < perStep; piece++) {
    const count = await removeOld(store.db, rule, before, records);
    removed += count;
    if (count < records) return { removed, isLast: true };
  }
  return { removed, isLast: false };
}

/** Undefined where records are kept for good. */
function oldBefore(
  retention: RetentionConfig,
  { span }: RetentionRule,
  now: Date,
): Date | undefined {
  const days = retention[span];
  return days === 0 ? undefined : new Date(now.getTime() - days * DAY_MS);
}
