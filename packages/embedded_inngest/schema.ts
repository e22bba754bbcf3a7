/**
 * The tables of the engine, and what each is for.
 *
 * `events` is a log: admission appends to it, and the fan-out reads it behind a cursor, so that a
 * backlog is rows on disk and nothing in memory. Keys that arrive in order (`seq`, ULIDs) keep the
 * inserts at the end of their B-trees; `event_key` is the one index that is written all over.
 * Times are ms since the epoch.
 */

/** Bumped when a table changes; an older engine then refuses the file rather than misread it. */
export const SCHEMA_VERSION = 3;

/** What brings the tables of each older version, from the first on, up to the next one. */
export const MIGRATIONS: readonly string[] = [
  `ALTER TABLE waits ADD COLUMN match_path TEXT NOT NULL DEFAULT '';
   ALTER TABLE waits ADD COLUMN match_value TEXT NOT NULL DEFAULT '';
   DROP INDEX waits_by_name;`,
  "DROP INDEX runs_by_function;",
];

/** Creates every table that is missing. */
export const SCHEMA = `
-- event_key: the caller's own event id, null when there was none (then the ULID is the id).
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, event_key TEXT,
  name TEXT NOT NULL, ts INTEGER NOT NULL, received_at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_key ON events(event_key) WHERE event_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_by_name ON events(name, seq);

CREATE TABLE IF NOT EXISTS functions (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, app_id TEXT NOT NULL, config TEXT NOT NULL,
  created_at INTEGER NOT NULL, archived_at INTEGER);

-- pending: the parallel operations that the next discovery call waits for, as JSON.
-- lanes: the evaluated keyed concurrency limits, as JSON. version: the SDK's request version.
CREATE TABLE IF NOT EXISTS runs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, function_id INTEGER NOT NULL,
  event_seq INTEGER NOT NULL, status TEXT NOT NULL, queued_at INTEGER NOT NULL,
  started_at INTEGER, ended_at INTEGER, output TEXT, version INTEGER NOT NULL DEFAULT -1,
  pending TEXT, lanes TEXT, cron TEXT, original_run_id TEXT, is_batch INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS runs_by_event ON runs(event_seq);
CREATE INDEX IF NOT EXISTS runs_by_status ON runs(function_id, status);

-- The events of batch runs; the run of any other kind has one event, in runs.event_seq.
CREATE TABLE IF NOT EXISTS batch_events (
  run_seq INTEGER NOT NULL, event_seq INTEGER NOT NULL, PRIMARY KEY (run_seq, event_seq)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS batch_events_by_event ON batch_events(event_seq);

-- Batch runs that still take events. key: the function and its evaluated batch key.
CREATE TABLE IF NOT EXISTS batches (
  run_seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, events INTEGER NOT NULL DEFAULT 0,
  chars INTEGER NOT NULL DEFAULT 0);

-- memo: the value of steps[hash] in a request; position: its place in the stack, null until done.
CREATE TABLE IF NOT EXISTS steps (
  run_seq INTEGER NOT NULL, hash TEXT NOT NULL, name TEXT NOT NULL, op TEXT NOT NULL,
  position INTEGER, memo TEXT, queued_at INTEGER NOT NULL, ended_at INTEGER,
  PRIMARY KEY (run_seq, hash)) WITHOUT ROWID;

-- Failed attempts only: what succeeded is in steps and runs.
CREATE TABLE IF NOT EXISTS attempts (
  id INTEGER PRIMARY KEY, run_seq INTEGER NOT NULL, step TEXT, attempt INTEGER NOT NULL,
  started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, error TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS attempts_by_run ON attempts(run_seq);

-- The queue: requests to make to an app. step is null for a discovery call.
-- parked: the full concurrency lane that the call stands in line for.
CREATE TABLE IF NOT EXISTS calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run_seq INTEGER NOT NULL, function_id INTEGER NOT NULL,
  step TEXT, attempt INTEGER NOT NULL, due_at INTEGER NOT NULL, parked TEXT);
CREATE INDEX IF NOT EXISTS calls_ready ON calls(function_id, due_at, id) WHERE parked IS NULL;
CREATE INDEX IF NOT EXISTS calls_parked ON calls(parked, due_at, id) WHERE parked IS NOT NULL;
CREATE INDEX IF NOT EXISTS calls_by_run ON calls(run_seq);

-- Everything that happens at a time without a request: ends of sleeps and waits, timeouts, cron.
CREATE TABLE IF NOT EXISTS timers (
  id INTEGER PRIMARY KEY AUTOINCREMENT, due_at INTEGER NOT NULL, kind TEXT NOT NULL,
  run_seq INTEGER, function_id INTEGER, detail TEXT);
CREATE INDEX IF NOT EXISTS timers_by_due ON timers(due_at);
CREATE INDEX IF NOT EXISTS timers_by_run ON timers(run_seq) WHERE run_seq IS NOT NULL;

-- Listeners of a run for later events: waitForEvent (step is its hash) and cancelOn (step is null).
-- match_path, match_value: the field that the event must have that value in, when the expression
-- says so; both empty when it says something else.
CREATE TABLE IF NOT EXISTS waits (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run_seq INTEGER NOT NULL, step TEXT, event_name TEXT NOT NULL,
  expression TEXT, after_seq INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  match_path TEXT NOT NULL DEFAULT '', match_value TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS waits_by_match ON waits(event_name, match_path, match_value);
CREATE INDEX IF NOT EXISTS waits_by_run ON waits(run_seq);

-- Which step of which run waits for the run that this event starts.
CREATE TABLE IF NOT EXISTS invocations (
  event_seq INTEGER PRIMARY KEY, parent_run_seq INTEGER NOT NULL, parent_step TEXT NOT NULL);

-- Theoretical arrival times of throttle and rateLimit (GCRA).
CREATE TABLE IF NOT EXISTS buckets (key TEXT PRIMARY KEY, arrival_at REAL NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO marks VALUES ('fanned_seq', 0);
`;
