/**
 * Logging: fixed messages with structured fields, one JSON object a line in
 * production, one readable line in development. Ids yes, personal data no.
 */
import {
  configure,
  getConsoleSink,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  type Logger,
  type LogLevel,
} from "@logtape/logtape";

/** How loud, and for whom. */
export interface LogOptions {
  /** Entries below this level are dropped. */
  readonly level: LogLevel;
  /** `json` for machines, `text` for a terminal. */
  readonly format: "json" | "text";
}

/**
 * Points all loggers at the console; call once, at the start of a process.
 *
 * @param options Level and format.
 */
export async function setUpLogging(options: LogOptions): Promise<void> {
  const formatter = options.format === "json"
    ? getJsonLinesFormatter()
    : getTextFormatter({ timestamp: "time", category: ":" });
  await configure({
    reset: true,
    sinks: { console: getConsoleSink({ formatter }) },
    loggers: [
      { category: "rollcall", lowestLevel: options.level, sinks: ["console"] },
      {
        category: ["logtape", "meta"],
        lowestLevel: "warning",
        sinks: ["console"],
      },
    ],
  });
}

/**
 * A logger for one part of the program.
 *
 * @param part The part's name, such as `webhooks` or `sync`.
 * @returns A logger that stays silent until setUpLogging() has run.
 */
export function logger(part: string): Logger {
  return getLogger(["rollcall", part]);
}
