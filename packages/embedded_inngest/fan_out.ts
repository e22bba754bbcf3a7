/**
 * From the log of events to runs: every event meets the functions, waits and cancellations.
 *
 * The fan-out follows the log behind a cursor that moves in the same write as what it causes, so a
 * crash neither skips an event nor handles one twice. It joins the commit in which events arrive
 * when they are few; behind a flood it takes small pieces and leaves the rest on disk.
 */
import { readEventsAfter, type StoredEvent } from "./event_log.ts";
import { canonicalJson } from "./canonical_json.ts";
import { cancelRun } from "./finish_run.ts";
import type { Kernel } from "./kernel.ts";
import { startRun } from "./start_run.ts";
import { resumeStep } from "./steps.ts";
import { untilWritten } from "./until_written.ts";
import { findAnswered } from "./waits.ts";

const EVENTS_A_WRITE = 128;
const DIRECT_EVENTS = ["inngest/function.invoked", "inngest/scheduled.timer"]; // started by their makers

/** Hands new events of the log to whoever they concern. */
export class FanOut {
  readonly #kernel: Kernel;
  #isAsked = false;

  /** @param kernel the engine's parts */
  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Asks for the next piece; inside a write, it joins that write's commit. */
  wake(): void {
    if (this.#isAsked || this.#kernel.closing.aborted) return;
    this.#isAsked = true;
    untilWritten(this.#kernel, () =>
      this.#kernel.db.write(() => {
        this.#isAsked = false;
        return this.#handlePiece();
      })).then(
        (isMore) => {
          if (isMore) setImmediate(() => this.wake());
        },
        () => {}, // closing: the next engine goes on from the cursor
      );
  }

  #handlePiece(): boolean {
    const { db } = this.#kernel;
    const cursor = db.get<{ value: number }>(
      "SELECT value FROM marks WHERE name='fanned_seq'",
    );
    const events = readEventsAfter(db, cursor?.value ?? 0, EVENTS_A_WRITE);
    for (const stored of events) handleEvent(this.#kernel, stored);
    const last = events.at(-1);
    if (last) {
      db.run("UPDATE marks SET value=? WHERE name='fanned_seq'", last.seq);
    }
    return events.length === EVENTS_A_WRITE;
  }
}

function handleEvent(kernel: Kernel, stored: StoredEvent): void {
  if (DIRECT_EVENTS.includes(stored.name)) return;
  answerWaits(kernel, stored);
  const started = new Set<number>();
  for (const { fn, trigger } of kernel.registry.triggersOf(stored.name)) {
    if (started.has(fn.id)) continue; // several triggers may match, one run starts
    if (
      trigger.condition &&
      trigger.condition.evaluate({ event: stored.event }) !== true
    ) continue;
    started.add(fn.id);
    startRun(kernel, fn, stored);
  }
}

function answerWaits(kernel: Kernel, stored: StoredEvent): void {
  for (const wait of findAnswered(kernel, stored)) {
    kernel.db.run("DELETE FROM waits WHERE id=?", wait.id);
    if (wait.step === null) {
      cancelRun(kernel, wait.run_seq);
    } else {
      kernel.db.run(
        "DELETE FROM timers WHERE run_seq=? AND detail=? AND kind='wait'",
        wait.run_seq,
        wait.step,
      );
      resumeStep(kernel, wait.run_seq, wait.step, canonicalJson(stored.event));
    }
  }
}
