/**
 * The functions that are known, and which of them an event starts.
 *
 * Kept in the table `functions`, so that events which arrive after a restart and before the app
 * has registered again find their functions. A function that a new registration no longer lists is
 * archived: it starts nothing more, and what it has in the queue fails visibly.
 */
import { createHash } from "node:crypto";
import type { Database } from "./database.ts";
import {
  type FunctionConfig,
  parseFunctionConfig,
  type Trigger,
} from "./function_config.ts";

const MAX_CACHED_NAMES = 1_000; // event names come from outside, so the cache is bounded
const MAX_CACHED_CHARS = 255;

/** A function with its place in the database. */
export interface RegisteredFunction extends FunctionConfig {
  readonly id: number;
  readonly appId: string;
  /** The id that the API shows, as Inngest's server does; derived from the slug. */
  readonly uuid: string;
  readonly isArchived: boolean;
}

/** An event trigger with its function. */
export interface EventTrigger {
  readonly fn: RegisteredFunction;
  readonly trigger: Extract<Trigger, { kind: "event" }>;
}

interface FunctionRow {
  readonly id: number;
  readonly slug: string;
  readonly app_id: string;
  readonly config: string;
  readonly archived_at: number | null;
}

/** Looks functions up by id, by slug and by the event that starts them. */
export class FunctionRegistry {
  readonly #db: Database;
  #everything: readonly RegisteredFunction[] = [];
  #byId = new Map<number, RegisteredFunction>();
  #bySlug = new Map<string, RegisteredFunction>();
  #byEvent = new Map<string, readonly EventTrigger[]>();

  /** @param db holds the functions of earlier registrations, which are loaded */
  constructor(db: Database) {
    this.#db = db;
    this.#load();
  }

  /** @returns every function that is not archived */
  all(): RegisteredFunction[] {
    return this.#everything.filter((fn) => !fn.isArchived);
  }

  /** @returns every function, for those that were removed may have calls in the queue */
  withArchived(): readonly RegisteredFunction[] {
    return this.#everything;
  }

  /** @param id the row's id, as calls and runs hold it */
  byId(id: number): RegisteredFunction | undefined {
    return this.#byId.get(id);
  }

  /** @param slug `<app>-<function>` */
  bySlug(slug: string): RegisteredFunction | undefined {
    return this.#bySlug.get(slug);
  }

  /**
   * Finds the triggers that an event's name satisfies; their conditions are the caller's to check.
   *
   * @param eventName the full name
   * @returns triggers in order of registration
   */
  triggersOf(eventName: string): readonly EventTrigger[] {
    let found = this.#byEvent.get(eventName);
    if (!found) {
      found = this.all().flatMap((fn) =>
        fn.triggers.flatMap((trigger) => {
          const isHit = trigger.kind === "event" &&
            matchesName(trigger.event, eventName);
          return isHit ? [{ fn, trigger }] : [];
        })
      );
      if (this.#byEvent.size >= MAX_CACHED_NAMES) this.#byEvent.clear();
      if (eventName.length <= MAX_CACHED_CHARS) {
        this.#byEvent.set(eventName, found);
      }
    }
    return found;
  }

  /**
   * Replaces the functions of an app; all are checked before any is changed.
   *
   * @param appId the app's id
   * @param entries the `functions` array of a registration
   * @param nowMs when this happens, ms since the epoch
   * @returns the functions that are registered now, and those that were archived
   * @throws {TypeError} when one of them cannot be honoured
   */
  async sync(
    appId: string,
    entries: readonly unknown[],
    nowMs: number,
  ): Promise<
    { functions: RegisteredFunction[]; archived: RegisteredFunction[] }
  > {
    const slugs = entries.map((entry) => parseFunctionConfig(entry).slug);
    this.#refuseTaken(appId, slugs);
    const archived = this.all().filter((fn) =>
      fn.appId === appId && !slugs.includes(fn.slug)
    );
    await this.#db.write(() => {
      for (const fn of archived) {
        this.#db.run(
          "UPDATE functions SET archived_at=? WHERE id=?",
          nowMs,
          fn.id,
        );
      }
      entries.forEach((entry, index) => {
        this.#db.run(
          `INSERT INTO functions (slug, app_id, config, created_at) VALUES (?,?,?,?)
           ON CONFLICT (slug) DO UPDATE SET app_id=excluded.app_id, config=excluded.config,
           archived_at=NULL`,
          slugs[index] ?? "",
          appId,
          JSON.stringify(entry),
          nowMs,
        );
      });
      this.#db.afterCommit(() => this.#load());
    });
    return {
      functions: this.all().filter((fn) => fn.appId === appId),
      archived,
    };
  }

  #refuseTaken(appId: string, slugs: readonly string[]): void {
    slugs.forEach((slug, index) => {
      const holder = this.#bySlug.get(slug);
      const isForeign = holder && !holder.isArchived && holder.appId !== appId;
      if (!isForeign && slugs.indexOf(slug) === index) return;
      throw new TypeError(
        `Cannot register function "${slug}": its id is taken by ${
          isForeign ? `app "${holder.appId}"` : "another function of the app"
        }`,
      );
    });
  }

  #load(): void {
    const rows = this.#db.all<FunctionRow>(
      "SELECT * FROM functions ORDER BY id",
    );
    const functions = rows.map(toFunction);
    this.#everything = functions;
    this.#byId = new Map(functions.map((fn) => [fn.id, fn]));
    this.#bySlug = new Map(functions.map((fn) => [fn.slug, fn]));
    this.#byEvent = new Map();
  }
}

/**
 * Derives the UUID under which the API and the requests to an app name a function.
 *
 * @param slug `<app>-<function>`
 */
export function functionUuid(slug: string): string {
  const hex = createHash("sha1").update(slug).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

function toFunction(row: FunctionRow): RegisteredFunction {
  const { id, slug, app_id: appId, archived_at } = row;
  const uuid = functionUuid(slug);
  try {
    const config = parseFunctionConfig(JSON.parse(row.config));
    return { ...config, id, appId, uuid, isArchived: archived_at !== null };
  } catch { // written by another version, which took what this one refuses
    const config = parseFunctionConfig({ id: slug, name: slug, steps: {} });
    return { ...config, id, appId, uuid, isArchived: true };
  }
}

/** A star counts only at the end, after `/` or `.`; a bare star matches nothing. */
function matchesName(pattern: string, eventName: string): boolean {
  if (!/[/.]\*$/.test(pattern)) return pattern === eventName;
  return eventName.startsWith(pattern.slice(0, -1));
}
