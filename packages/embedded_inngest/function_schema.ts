/**
 * The shape of what an SDK says about a function when it registers.
 *
 * Durations become ms and expressions are compiled on the way. What the parts mean together is
 * checked in function_config.ts. Limits are those of Inngest's server.
 */
import { z } from "zod";
import { parseDurationMs } from "./duration.ts";
import { compileExpression } from "./expression.ts";

const MAX_TRIGGERS = 10;
const MAX_CANCELS = 5;
const MAX_CONCURRENCY_LIMITS = 2;
const MAX_NAME_CHARS = 255;

/** Events of one batch; as many as one POST may bring. */
export const MAX_BATCH_EVENTS = 5_000;

const duration = z.string().transform((text, context) => {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms > 0) return ms;
  context.addIssue({ code: "custom", message: `"${text}" is not a duration` });
  return z.NEVER;
});
const expression = z.string().transform((text, context) => {
  try {
    return compileExpression(text);
  } catch (error) {
    context.addIssue({
      code: "custom",
      message: `"${text}" ${(error as Error).message}`,
    });
    return z.NEVER;
  }
});
const key = expression.optional();
const limit = z.int().positive();
const name = z.string().min(1).max(MAX_NAME_CHARS);
const concurrency = z.object({
  limit: z.int().nonnegative(),
  key,
  scope: z.enum(["fn", "env", "account"]).default("fn"),
});
const throttle = z.object({
  limit,
  period: duration,
  burst: z.int().nonnegative().default(0),
  key,
});
const rateLimit = z.object({ limit, period: duration, key });
const batch = z.object({
  maxSize: z.int().min(2).max(MAX_BATCH_EVENTS),
  timeout: duration,
  key,
  if: key,
});
const cancel = z.object({
  event: name,
  timeout: z.string().optional(),
  if: z.string().optional(),
});
const trigger = z.union([
  z.object({ event: name, expression: z.string().optional() }),
  z.object({ cron: name, jitter: duration.optional() }),
]);

/** One entry of the `functions` array of a registration. */
export const functionSchema = z.object({
  id: name,
  name: z.string().min(1),
  triggers: z.array(trigger).max(MAX_TRIGGERS).default([]),
  steps: z.record(
    z.string(),
    z.object({
      runtime: z.object({ url: z.string() }),
      retries: z.object({ attempts: z.int().nonnegative() }).optional(),
    }),
  ),
  concurrency: z.preprocess(
    (value) =>
      value === undefined ? [] : [value].flat().map(asConcurrencyObject),
    z.array(concurrency).max(MAX_CONCURRENCY_LIMITS),
  ),
  throttle: throttle.optional(),
  rateLimit: rateLimit.optional(),
  idempotency: expression.optional(),
  batchEvents: batch.optional(),
  cancel: z.array(cancel).max(MAX_CANCELS).default([]),
  timeouts: z.object({
    start: duration.optional(),
    finish: duration.optional(),
  }).default({}),
});

/** An entry that has the right shape. */
export type FunctionEntry = z.infer<typeof functionSchema>;

function asConcurrencyObject(value: unknown): unknown {
  return typeof value === "number" ? { limit: value } : value;
}
