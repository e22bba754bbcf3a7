/** The embedded Inngest on a thread of its own, as the rest of the service sees it. */
import type { MetricObject } from "prom-client";
import type {
  ThreadAddress,
  ThreadOrder,
  ThreadReport,
  ThreadSettings,
} from "./host_engine.ts";

/** A running thread. */
export interface EngineThread {
  readonly address: ThreadAddress;
  /** @returns What the functions have measured. */
  measure(): Promise<MetricObject[]>;
  /** Finishes what is under way, up to 8 s, and ends the thread. */
  close(): Promise<void>;
  /** Resolves when the thread dies by itself: nothing works without it. */
  readonly died: Promise<Error>;
}

/**
 * Starts the thread and waits until the functions are registered.
 *
 * @param module Calls hostEngine().
 * @param settings What it works with.
 * @returns The thread.
 * @throws {Error} when the engine does not start; the thread is gone then.
 */
export async function startEngineThread(
  module: URL,
  settings: ThreadSettings,
): Promise<EngineThread> {
  const worker = new Worker(module, { type: "module", name: "functions" });
  const waiting: PromiseWithResolvers<ThreadReport>[] = [];
  let isDead = false;
  const death = Promise.withResolvers<Error>();
  worker.onmessage = ({ data }: MessageEvent<ThreadReport>) =>
    waiting.shift()?.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    isDead = true;
    const error = new Error(
      `Cannot run functions: their thread died: ${event.message}`,
    );
    death.resolve(error);
    for (const { reject } of waiting.splice(0)) reject(error);
  };

  // Orders are answered in turn: the thread takes no second one meanwhile.
  let last: Promise<unknown> = Promise.resolve();
  function order(message: ThreadOrder): Promise<ThreadReport> {
    const answered = last.then(() => {
      const answer = Promise.withResolvers<ThreadReport>();
      waiting.push(answer);
      worker.postMessage(message);
      return answer.promise;
    });
    last = answered.catch(() => undefined);
    return answered;
  }

  try {
    const report = await order({ kind: "start", settings });
    if (report.kind !== "started") throw new Error(reasonOf(report));
    const { address } = report;
    return {
      address,
      died: death.promise,
      async measure() {
        const measured = await order({ kind: "measure" });
        return measured.kind === "measured" ? measured.metrics : [];
      },
      async close() {
        if (isDead) return;
        const closed = await order({ kind: "close" });
        worker.terminate();
        if (closed.kind === "failed") throw new Error(closed.reason);
      },
    };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

function reasonOf(report: ThreadReport): string {
  return report.kind === "failed"
    ? report.reason
    : `Cannot run functions: the thread answers "${report.kind}"`;
}
