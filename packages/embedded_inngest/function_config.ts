/**
 * What an SDK says about a function when it registers, parsed and checked.
 *
 * Options that this engine does not implement are refused here, by name and with the way out, so
 * that no function runs under rules other than those it asked for. Limits are the server's.
 */
import { z } from "zod";
import { parseCron } from "./cron.ts";
import { parseDueMs } from "./duration.ts";
import { compileExpression, type Expression } from "./expression.ts";
import { type FunctionEntry, functionSchema } from "./function_schema.ts";
import { IS_NOT_IMPLEMENTED } from "./gaps.ts";

const DEFAULT_RETRIES = 4; // Inngest's DefaultRetryCount: five attempts
const MAX_RETRIES = 20;
const MIN_BATCH_TIMEOUT_MS = 1_000;
const MAX_RATE_PERIOD_MS = 24 * 3_600_000;
const REFUSED_OPTIONS = ["debounce", "singleton", "priority"] as const;

/** How often a key may start: GCRA. */
export interface RateRule {
  readonly limit: number;
  readonly periodMs: number;
  /** How many may start at once after a quiet time. */
  readonly burst: number;
  readonly key: Expression | undefined;
}

/** One limit on the requests that are in flight. */
export interface ConcurrencyRule {
  readonly limit: number;
  readonly scope: "fn" | "env" | "account";
  readonly key: Expression | undefined;
}

/** When events are gathered into one run. */
export interface BatchRule {
  readonly maxSize: number;
  readonly timeoutMs: number;
  readonly key: Expression | undefined;
  readonly condition: Expression | undefined;
}

/** What starts a function: an event, perhaps filtered, or a cron tick. */
export type Trigger =
  | {
    readonly kind: "event";
    readonly event: string;
    readonly condition: Expression | undefined;
  }
  | { readonly kind: "cron"; readonly cron: string; readonly jitterMs: number };

/** An event that ends runs; the expression is evaluated with the trigger and the new event. */
export interface CancelRule {
  readonly event: string;
  readonly timeout: string | undefined;
  readonly expression: string | undefined;
}

/** A function's rules in the form the engine works with. */
export interface FunctionConfig {
  readonly slug: string;
  readonly name: string;
  readonly triggers: readonly Trigger[];
  readonly maxAttempts: number;
  /** How many requests may be in flight, whatever their keys. */
  readonly maxInFlight: number;
  readonly concurrency: readonly ConcurrencyRule[];
  readonly throttle: RateRule | undefined;
  readonly rateLimit: RateRule | undefined;
  readonly batch: BatchRule | undefined;
  readonly cancels: readonly CancelRule[];
  readonly startTimeoutMs: number | undefined;
  readonly finishTimeoutMs: number | undefined;
}

/**
 * Reads one entry of an SDK's `functions` array.
 *
 * @param entry the entry as it came
 * @returns the function's rules
 * @throws {TypeError} naming the function and the option, when either cannot be honoured
 */
export function parseFunctionConfig(entry: unknown): FunctionConfig {
  const slug = z.object({ id: z.string() }).safeParse(entry).data?.id ??
    "(without id)";
  refuseUnimplemented(slug, entry);
  const parsed = functionSchema.safeParse(entry);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw refusal(
      slug,
      issue?.path.join(".") ?? "",
      issue?.message ?? "is not valid",
    );
  }
  const fn = parsed.data;
  checkCombinations(slug, fn);
  const concurrency = parseConcurrency(slug, fn.concurrency);
  return {
    slug,
    name: fn.name,
    triggers: parseTriggers(slug, fn.triggers),
    maxAttempts: 1 +
      Math.min(
        MAX_RETRIES,
        Object.values(fn.steps)[0]?.retries?.attempts ?? DEFAULT_RETRIES,
      ),
    maxInFlight: Math.min(
      ...concurrency.map(({ key, limit }) => key ? Infinity : limit),
    ),
    concurrency,
    throttle: fn.throttle &&
      toRateRule(fn.throttle, fn.throttle.limit + fn.throttle.burst),
    rateLimit: parseRateLimit(fn),
    batch: fn.batchEvents && {
      maxSize: fn.batchEvents.maxSize,
      timeoutMs: fn.batchEvents.timeout,
      key: fn.batchEvents.key,
      condition: fn.batchEvents.if,
    },
    cancels: fn.cancel.map((rule) => parseCancel(slug, rule)),
    startTimeoutMs: fn.timeouts.start,
    finishTimeoutMs: fn.timeouts.finish,
  };
}

function refusal(slug: string, option: string, reason: string): TypeError {
  return new TypeError(
    `Cannot register function "${slug}": option "${option}" ${reason}`,
  );
}

function refuseUnimplemented(slug: string, entry: unknown): void {
  if (typeof entry !== "object" || entry === null) return;
  for (const option of REFUSED_OPTIONS) {
    if (option in entry) {
      throw refusal(slug, option, IS_NOT_IMPLEMENTED);
    }
  }
}

function checkCombinations(slug: string, fn: FunctionEntry): void {
  if (fn.batchEvents) {
    if (fn.cancel.length > 0) {
      throw refusal(slug, "cancelOn", "does not go with batchEvents");
    }
    if (fn.batchEvents.timeout < MIN_BATCH_TIMEOUT_MS) {
      throw refusal(slug, "batchEvents.timeout", "is below one second");
    }
  }
  if (fn.rateLimit && fn.rateLimit.period > MAX_RATE_PERIOD_MS) {
    throw refusal(slug, "rateLimit.period", "is above 24 hours");
  }
  const distinct = new Set(fn.triggers.map((each) => JSON.stringify(each)));
  if (distinct.size < fn.triggers.length) {
    throw refusal(slug, "triggers", "holds one twice");
  }
}

function parseTriggers(
  slug: string,
  triggers: FunctionEntry["triggers"],
): Trigger[] {
  return triggers.map((each): Trigger => {
    try {
      if ("cron" in each) {
        parseCron(each.cron);
        return { kind: "cron", cron: each.cron, jitterMs: each.jitter ?? 0 };
      }
      const condition = each.expression
        ? compileExpression(each.expression)
        : undefined;
      return { kind: "event", event: each.event, condition };
    } catch (error) {
      throw refusal(
        slug,
        "triggers",
        `is not valid: ${(error as Error).message}`,
      );
    }
  });
}

function parseConcurrency(
  slug: string,
  rules: FunctionEntry["concurrency"],
): ConcurrencyRule[] {
  const keyless = rules.find((rule) => rule.scope !== "fn" && !rule.key);
  if (keyless) {
    throw refusal(
      slug,
      "concurrency",
      `needs a key with scope "${keyless.scope}"`,
    );
  }
  return rules.filter((rule) => rule.limit > 0) // 0 means no limit of its own
    .map((rule) => ({ limit: rule.limit, scope: rule.scope, key: rule.key }));
}

/** Idempotency is a rate limit of one a day, and replaces any other; so it is on the server. */
function parseRateLimit(fn: FunctionEntry): RateRule | undefined {
  if (fn.idempotency) {
    return {
      limit: 1,
      periodMs: MAX_RATE_PERIOD_MS,
      burst: 1,
      key: fn.idempotency,
    };
  }
  // Burst is the server's, not the documents': 10 an hour lets 2 start at once.
  return fn.rateLimit &&
    toRateRule(fn.rateLimit, 1 + Math.floor(fn.rateLimit.limit / 10));
}

function toRateRule(
  rule: NonNullable<FunctionEntry["rateLimit"]>,
  burst: number,
): RateRule {
  return { limit: rule.limit, periodMs: rule.period, burst, key: rule.key };
}

function parseCancel(
  slug: string,
  rule: FunctionEntry["cancel"][number],
): CancelRule {
  try {
    const { calculation } = rule.if ? compileExpression(rule.if) : {};
    if (calculation) {
      throw new SyntaxError(`${calculation} is more than a comparison`);
    }
  } catch (error) {
    throw refusal(
      slug,
      "cancelOn.if",
      `is not valid: ${(error as Error).message}`,
    );
  }
  if (rule.timeout && parseDueMs(rule.timeout, 0) === undefined) {
    throw refusal(
      slug,
      "cancelOn.timeout",
      `is neither a duration nor a date: "${rule.timeout}"`,
    );
  }
  return { event: rule.event, timeout: rule.timeout, expression: rule.if };
}
