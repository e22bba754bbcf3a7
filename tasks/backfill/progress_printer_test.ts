import { assertEquals } from "@std/assert";
import type { JobDocument } from "../../lib/store/jobs.ts";
import { createProgressPrinter } from "./progress_printer.ts";

const AT = new Date("2026-06-01T12:00:00Z");

function jobAt(done: number): JobDocument {
  return {
    _id: "job_1",
    kind: "backfill",
    state: "running",
    total: 2_000,
    done,
    failed: 0,
    failures: [],
    counts: {},
    checkpoint: null,
    request: {},
    actor: "tester",
    error: null,
    started_at: AT,
    updated_at: AT,
    worked_ms: done,
  };
}

function open(columns: number | undefined) {
  const written: string[] = [];
  let nowMs = 0;
  const printer = createProgressPrinter({
    write: (text) => void written.push(text),
    columns,
    nowMs: () => nowMs,
  });
  return { written, printer, pass: (ms: number) => nowMs += ms };
}

Deno.test("createProgressPrinter() draws one line again and again in a terminal", () => {
  const { written, printer } = open(100);
  printer.show(jobAt(500));
  printer.show(jobAt(1_000));
  printer.end();
  printer.end();
  assertEquals(written, [
    "\r████████░░░░░░░░░░░░░░░░░░░░░░ 500 of 2,000 users, 25 %, 1,000 a second, 2 s left\x1b[K",
    "\r███████████████░░░░░░░░░░░░░░░ 1,000 of 2,000 users, 50 %, 1,000 a second, 1 s left\x1b[K",
    "\n",
  ]);
});

Deno.test("createProgressPrinter() never fills a line of the terminal", () => {
  for (let columns = 1; columns <= 120; columns++) {
    const { written, printer } = open(columns);
    printer.show(jobAt(500));
    const [line = ""] = written;
    const width = line.replace("\r", "").replace("\x1b[K", "").length;
    assertEquals(width < columns, true, `${width} of ${columns}`);
  }
});

Deno.test("createProgressPrinter() writes a plain line now and then elsewhere", () => {
  const { written, printer, pass } = open(undefined);
  printer.show(jobAt(500));
  pass(4_999);
  printer.show(jobAt(1_000));
  pass(1);
  printer.show(jobAt(1_500));
  printer.end();
  assertEquals(written, [
    "500 of 2,000 users, 25 %, 1,000 a second, 2 s left\n",
    "1,500 of 2,000 users, 75 %, 1,000 a second, 1 s left\n",
  ]);
});
