/**
 * Step ⑤ of the path: everything that is kept in MongoDB, behind one door.
 *
 * One code path for the embedded server and any other: all it knows is a URI.
 */
import type { Db } from "mongodb";
import type {
  MembershipDocument,
  OrganizationDocument,
} from "../sync/organization_document.ts";
import type { UserDocument } from "../sync/user_document.ts";
import { AutomationLedger } from "./automation_ledger.ts";
import { Changes } from "./changes.ts";
import { connectMongo } from "./connect_mongo.ts";
import { DeadLetters } from "./dead_letters.ts";
import { AlertNotices } from "./alert_notices.ts";
import { Alerts } from "./alerts.ts";
import { AuditLog } from "./audit_log.ts";
import { DriftFindings } from "./drift.ts";
import { Freshness } from "./freshness.ts";
import { EndedSessions } from "./ended_sessions.ts";
import { Heartbeats } from "./heartbeats.ts";
import { createIndexGuard } from "./indexes.ts";
import { Jobs } from "./jobs.ts";
import { createHistoryReader, type HistoryReader } from "./overview_history.ts";
import { Quarantine } from "./quarantine.ts";
import { SecretUse } from "./secret_use.ts";
import { SyncedCollection } from "./synced_collection.ts";
import { WebhookEvents } from "./webhook_events.ts";
import { createCrossWriter, type CrossWriter } from "./write_across.ts";

/** The open store. */
export interface Store extends AsyncDisposable {
  /** The database, for what has no method yet. */
  readonly db: Db;
  readonly users: SyncedCollection<UserDocument>;
  readonly organizations: SyncedCollection<OrganizationDocument>;
  readonly memberships: SyncedCollection<MembershipDocument>;
  readonly webhookEvents: WebhookEvents;
  readonly changes: Changes;
  readonly deadLetters: DeadLetters;
  /** What automations did for whom. */
  readonly automationLedger: AutomationLedger;
  /** Long work and its progress. */
  readonly jobs: Jobs;
  /** Webhooks that were refused at the door. */
  readonly quarantine: Quarantine;
  /** Which signing secret verified when. */
  readonly secretUse: SecretUse;
  readonly alerts: Alerts;
  /** The messages about them. */
  readonly alertNotices: AlertNotices;
  /** Sessions of the dashboard that were ended before their time. */
  readonly endedSessions: EndedSessions;
  /** When recurring functions ran last. */
  readonly heartbeats: Heartbeats;
  /** Lag and traffic, by the hour. */
  readonly freshness: Freshness;
  /** Who did or saw what in the dashboard. */
  readonly auditLog: AuditLog;
  /** What scans for drift found. */
  readonly drift: DriftFindings;
  /** The charts' numbers, kept in memory for a while. */
  readonly readHistory: HistoryReader;
  /** Makes what the records plan, in one command. */
  readonly write: CrossWriter;
  /** Resolves once all indexes exist; call before the first write. */
  ensureIndexes(): Promise<void>;
  /** Resolves when the server answers. */
  ping(): Promise<void>;
  /** Closes the connections; further calls fail. */
  close(): Promise<void>;
}

/**
 * Opens the store; connects with the first call.
 *
 * @param options Where the database is, and its name.
 * @returns The store.
 * @throws {MongoParseError} when the URI is malformed.
 */
export function openStore(
  options: { readonly uri: string; readonly database: string },
): Store {
  const client = connectMongo(options.uri);
  return createStore(client.db(options.database), () => client.close());
}

/**
 * Makes the store on a database that is open already.
 *
 * @param db The database.
 * @param close Closes what the caller opened for it.
 * @returns The store.
 */
export function createStore(db: Db, close: () => Promise<void>): Store {
  const freshness = new Freshness(db);
  return {
    db,
    users: new SyncedCollection<UserDocument>(db, "users"),
    organizations: new SyncedCollection<OrganizationDocument>(
      db,
      "organizations",
    ),
    memberships: new SyncedCollection<MembershipDocument>(db, "memberships"),
    webhookEvents: new WebhookEvents(db),
    changes: new Changes(db),
    deadLetters: new DeadLetters(db),
    automationLedger: new AutomationLedger(db),
    jobs: new Jobs(db),
    quarantine: new Quarantine(db),
    secretUse: new SecretUse(db),
    freshness,
    alerts: new Alerts(db),
    alertNotices: new AlertNotices(db),
    endedSessions: new EndedSessions(db),
    heartbeats: new Heartbeats(db),
    auditLog: new AuditLog(db),
    drift: new DriftFindings(db),
    readHistory: createHistoryReader({ db, freshness }),
    write: createCrossWriter(db),
    ensureIndexes: createIndexGuard(db),
    ping: async () => {
      await db.command({ ping: 1 });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
