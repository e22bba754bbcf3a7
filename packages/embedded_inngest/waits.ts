/**
 * Who listens for which event: waitForEvent and cancelOn.
 *
 * Most conditions say that a field of the run's event equals a field of the event that comes (the
 * SDK's `match`). Such a listener stands under that field's value, so that an event finds its own
 * among any number of them; the others are all tried.
 */
import { canonicalJson } from "./canonical_json.ts";
import { readEvent, type StoredEvent } from "./event_log.ts";
import { compileExpression, type Path } from "./expression.ts";
import type { Kernel } from "./kernel.ts";
import { readRun } from "./runs.ts";

const NO_PATH = ""; // of listeners that stand under no value
const MAX_VALUE_CHARS = 500; // longer ones would make the index large

/** A listener to add. */
export interface NewWait {
  readonly runSeq: number;
  /** Hash of the step that waits, or null when the run is to be cancelled. */
  readonly step: string | null;
  readonly eventName: string;
  /** CEL over the run's event and the one that comes. */
  readonly condition: string | undefined;
  /** The place in the log behind which the events are that it listens for. */
  readonly afterSeq: number;
  /** ms since the epoch; events that come later are not for it. */
  readonly expiresMs: number;
}

/** A listener whose event has come. */
export interface AnsweredWait {
  readonly id: number;
  readonly run_seq: number;
  readonly step: string | null;
}

/**
 * Lets a run listen for an event; inside a write.
 *
 * @param kernel the engine's parts
 * @param trigger the event that started the run
 * @param wait for what
 * @throws {SyntaxError} when the condition is not valid
 */
export function addWait(
  { db }: Kernel,
  trigger: StoredEvent,
  wait: NewWait,
): void {
  const place = findPlace(trigger, wait.condition);
  db.run(
    `INSERT INTO waits (run_seq, step, event_name, expression, after_seq, expires_at, match_path,
     match_value) VALUES (?,?,?,?,?,?,?,?)`,
    wait.runSeq,
    wait.step,
    wait.eventName,
    wait.condition ?? null,
    wait.afterSeq,
    wait.expiresMs,
    place.path,
    place.value,
  );
}

/**
 * Finds those who listened for an event.
 *
 * @param kernel the engine's parts
 * @param stored the event
 * @returns the listeners whose conditions hold
 */
export function findAnswered(
  kernel: Kernel,
  stored: StoredEvent,
): AnsweredWait[] {
  return pathsOf(kernel, stored.name).flatMap((path) =>
    kernel.db.all<AnsweredWait & { expression: string | null }>(
      `SELECT id, run_seq, step, expression FROM waits
       WHERE event_name=? AND match_path=? AND match_value=? AND after_seq<? AND expires_at>?`,
      stored.name,
      path,
      path === NO_PATH ? "" : valueAt(stored.event, JSON.parse(path)),
      stored.seq,
      stored.receivedMs,
    ).filter((wait) => isMatch(kernel, wait, stored))
  );
}

function findPlace(
  trigger: StoredEvent,
  condition: string | undefined,
): { path: string; value: string } {
  const equality = condition && compileExpression(condition).equality;
  if (equality) {
    const value = valueAt(trigger.event, equality.event);
    if (value.length <= MAX_VALUE_CHARS) {
      return { path: JSON.stringify(equality.async), value };
    }
  }
  return { path: NO_PATH, value: "" };
}

/** A missing field is null, as it is in an expression. */
function valueAt(event: unknown, path: Path): string {
  let value = event;
  for (const key of path) {
    const isThere = typeof value === "object" && value !== null &&
      Object.hasOwn(value, key);
    value = isThere ? Reflect.get(value as object, key) : null;
  }
  return canonicalJson(value);
}

/** The few fields that listeners of an event's name stand under, one look-up in the index each. */
function pathsOf({ db }: Kernel, eventName: string): string[] {
  const paths = [NO_PATH];
  for (;;) {
    const next = db.get<{ match_path: string }>(
      "SELECT match_path FROM waits WHERE event_name=? AND match_path>? ORDER BY match_path LIMIT 1",
      eventName,
      paths.at(-1) ?? NO_PATH,
    );
    if (!next) return paths;
    paths.push(next.match_path);
  }
}

function isMatch(
  { db }: Kernel,
  wait: AnsweredWait & { readonly expression: string | null },
  stored: StoredEvent,
): boolean {
  if (wait.expression === null) return true;
  const run = readRun(db, wait.run_seq);
  const trigger = run && readEvent(db, run.event_seq);
  if (!trigger) return false;
  const input = { event: trigger.event, async: stored.event };
  return compileExpression(wait.expression).evaluate(input) === true;
}
