/**
 * Shows in the terminal how far an import is: one line with a bar that is drawn
 * again and again, or, where the output is no terminal, a line now and then.
 */
import { describeJob, measureJob } from "../../lib/store/job_pace.ts";
import type { JobDocument } from "../../lib/store/jobs.ts";

/** Where to show it. */
export interface PrinterOptions {
  readonly write: (text: string) => void;
  /** Width of the terminal; undefined where the output is none. */
  readonly columns: number | undefined;
  /** The present, ms. */
  readonly nowMs: () => number;
}

/** Shows progress. */
export interface ProgressPrinter {
  /** Shows how far the job is. */
  show(job: JobDocument): void;
  /** Leaves the last line as it is; what is printed next gets one of its own. */
  end(): void;
}

/** Between two plain lines, ms. */
const PLAIN_PACE_MS = 5_000;
const MAX_BAR_COLUMNS = 30;
const MIN_BAR_COLUMNS = 5;
const CLEAR_REST_OF_LINE = "\x1b[K";

/**
 * Makes a printer.
 *
 * @param options Where to show it.
 * @returns The printer.
 */
export function createProgressPrinter(
  { write, columns, nowMs }: PrinterOptions,
): ProgressPrinter {
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let isLineOpen = false;
  return {
    show(job) {
      if (columns !== undefined) {
        write(`\r${drawLine(job, columns)}${CLEAR_REST_OF_LINE}`);
        isLineOpen = true;
        return;
      }
      if (nowMs() - shownAtMs < PLAIN_PACE_MS) return;
      shownAtMs = nowMs();
      write(`${describeJob(job, "users")}\n`);
    },
    end() {
      if (isLineOpen) write("\n");
      isLineOpen = false;
    },
  };
}

/** A bar and the figures beside it, never wider than the terminal. */
function drawLine(job: JobDocument, columns: number): string {
  const figures = describeJob(job, "users");
  const barColumns = Math.min(MAX_BAR_COLUMNS, columns - figures.length - 2);
  if (barColumns < MIN_BAR_COLUMNS) return figures.slice(0, columns - 1);
  const filled = Math.round((measureJob(job).fraction ?? 0) * barColumns);
  return `${"█".repeat(filled)}${"░".repeat(barColumns - filled)} ${figures}`;
}
