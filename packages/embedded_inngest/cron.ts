/**
 * Cron expressions as Inngest's server takes them: five fields and an optional time zone.
 *
 * The calendar is croner's. What croner has beyond that is refused, as on the server: seconds,
 * `@daily`, a day of week of 7, `L`, `W` and `#`; so is a day that never comes. A day of month and
 * a day of week that are both set mean either.
 */
import { Cron } from "croner";

const FIELD_COUNT = 5;
const NAMES =
  /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi;
const ZONE_PREFIX = /^(?:CRON_)?TZ=(\S+)\s+/;

/** A cron expression that was checked. */
export interface CronSchedule {
  /**
   * @param afterMs ms since the epoch
   * @returns the first tick after that instant in ms since the epoch; Infinity when there is none
   */
  nextTick(afterMs: number): number;
}

/**
 * Compiles a cron expression.
 *
 * @param source for example `TZ=Europe/Paris 0 9 * * MON`; without a zone the server's own counts
 * @returns the schedule
 * @throws {SyntaxError} when the expression or the zone is not valid
 */
export function parseCron(source: string): CronSchedule {
  const zone = ZONE_PREFIX.exec(source)?.[1];
  const fields = source.replace(ZONE_PREFIX, "").trim().split(/\s+/);
  if (fields.length !== FIELD_COUNT) {
    throw new SyntaxError(
      `Cannot read cron "${source}": it has ${fields.length} fields, not 5`,
    );
  }
  if (/7/.test(fields[4]?.replace(/[/#]\d+/g, "") ?? "")) {
    throw new SyntaxError(
      `Cannot read cron "${source}": day of week goes from 0 to 6`,
    );
  }
  const pattern = fields.join(" ").replaceAll("?", "*");
  const schedule = compile(source, pattern, zone);
  if (schedule.nextRun() === null) {
    throw new SyntaxError(`Cannot read cron "${source}": it never ticks`);
  }
  return {
    nextTick: (afterMs) =>
      schedule.nextRun(new Date(afterMs))?.getTime() ?? Infinity,
  };
}

function compile(
  source: string,
  pattern: string,
  zone: string | undefined,
): Cron {
  try {
    if (/[a-z#]/i.test(pattern.replaceAll(NAMES, ""))) throw new SyntaxError();
    const schedule = new Cron(pattern, {
      paused: true,
      ...(zone ? { timezone: zone } : {}),
    });
    schedule.nextRun(); // an unknown zone shows only here
    return schedule;
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read cron "${source}": it is not a valid expression`,
      { cause },
    );
  }
}
