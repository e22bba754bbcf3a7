/** System: what Rollcall stands on, alerts, settings, secrets by use, who did what. */
import { HttpError, page } from "fresh";
import manifest from "../../deno.json" with { type: "json" };
import { fingerprintSecret } from "../../lib/clerk/verify_webhook.ts";
import { sendRequest } from "../../lib/inngest/send_request.ts";
import type { Config } from "../../lib/config.ts";
import { define } from "../../lib/define.ts";
import { type NamedResult, runChecks } from "../../lib/doctor/run_checks.ts";
import { ALERTS_CHECK_REQUESTED } from "../../lib/requests.ts";
import type { Services } from "../../lib/services.ts";
import type { AlertDocument } from "../../lib/store/alerts.ts";
import type { AuditEntry } from "../../lib/store/audit_log.ts";
import type { FreshHour } from "../../lib/store/freshness.ts";
import { WATCH_ALERTS } from "../../lib/store/heartbeats.ts";
import type { SecretUseDocument } from "../../lib/store/secret_use.ts";
import {
  type Dependencies,
  probeDependencies,
  type ProbeResult,
} from "../(_dependencies)/probe.ts";
import { readForm } from "../(_forms)/read_form.ts";
import { requireOperator } from "./(_access)/require_operator.ts";
import { AlertTable } from "./(_components)/AlertTable.tsx";
import { AskedBanner } from "./(_components)/AskedBanner.tsx";
import { AuditLog } from "./(_components)/AuditLog.tsx";
import { CheckTable } from "./(_components)/CheckTable.tsx";
import { Fact } from "./(_components)/Fact.tsx";
import { FreshnessTable } from "./(_components)/FreshnessTable.tsx";
import { Instant } from "./(_components)/Instant.tsx";
import { linkWith } from "./(_components)/links.ts";
import { readUnregistered } from "./(_components)/read_unregistered.ts";
import { RegistrationFact } from "./(_components)/RegistrationFact.tsx";
import { PageHead } from "./(_components)/PageHead.tsx";
import { RetentionFacts } from "./(_components)/RetentionFacts.tsx";
import { SecretFacts } from "./(_components)/SecretFacts.tsx";
import { SettingFacts } from "./(_components)/SettingFacts.tsx";

interface SystemData {
  /** What the doctor's checks found, when somebody asked just now. */
  readonly checks: readonly NamedResult[] | null;
  readonly dependencies: Dependencies;
  /** Functions that Inngest does not know; null when it does not tell. */
  readonly unregistered: readonly string[] | null;
  readonly functionCount: number;
  /** The open ones first. */
  readonly alerts: readonly AlertDocument[];
  /** When somebody looked for alerts, or null. */
  readonly watchedAt: Date | null;
  /** Of the last day, oldest first. */
  readonly hours: readonly FreshHour[];
  readonly secrets: readonly SecretUseDocument[];
  readonly configured: readonly string[];
  readonly audit: readonly AuditEntry[];
  readonly config: Config;
  readonly now: Date;
}

const AUDIT_ROWS = 20;
const PAST_ALERTS = 10;
const DAY_MS = 24 * 3_600_000;

export const handler = define.handlers<SystemData>({
  GET: async (ctx) => page(await readSystem(ctx.state.services, null)),
  async POST(ctx) {
    const { services, session } = ctx.state;
    const { name: who } = requireOperator(session);
    const { inngest, config, store, clock } = services;
    switch ((await readForm(ctx.req)).get("action")) {
      case "look":
        await sendRequest(inngest, { name: ALERTS_CHECK_REQUESTED, data: {} });
        return ctx.redirect(linkWith(ctx.url, { asked: "1" }), 303);
      case "check": {
        await store.auditLog.record(
          { who, action: "run-checks", subject: null },
          clock,
        );
        const origin = config.publicUrl ?? ctx.url.origin;
        const checks = await Array.fromAsync(runChecks(config, origin));
        return page(await readSystem(services, checks));
      }
      default:
        throw new HttpError(400);
    }
  },
});

async function readSystem(
  services: Services,
  checks: readonly NamedResult[] | null,
): Promise<SystemData> {
  const { store, config, clock } = services;
  const now = clock.now();
  const yesterday = new Date(now.getTime() - DAY_MS);
  const configured = await Promise.all(
    config.clerk.webhookSecrets.map(fingerprintSecret),
  );
  const [
    dependencies,
    unregistered,
    open,
    past,
    watch,
    hours,
    secrets,
    audit,
  ] = await Promise.all([
    probeDependencies(services),
    readUnregistered(services),
    store.alerts.readOpen(),
    store.alerts.readClosed(PAST_ALERTS),
    store.heartbeats.read(WATCH_ALERTS),
    store.freshness.readHours(yesterday, now),
    store.secretUse.readAll(),
    store.auditLog.readNewest(AUDIT_ROWS),
  ]);
  return {
    checks,
    dependencies,
    unregistered,
    functionCount: services.functions.length,
    alerts: [...open, ...past],
    watchedAt: watch?.last_at ?? null,
    hours,
    secrets,
    configured,
    audit,
    config,
    now,
  };
}

export default define.page<typeof handler>(function SystemPage(
  { data, url, state },
) {
  const { dependencies: { mongodb, inngest }, config, now } = data;
  return (
    <>
      <PageHead title="System" lead={`Rollcall ${manifest.version}`} />
      <AskedBanner url={url}>
        What has changed since the last look stands below in a moment.
      </AskedBanner>
      <section aria-labelledby="alerts">
        <div class="section-head">
          <div>
            <h2 id="alerts">Alerts</h2>
            <p class="muted small">
              Last look <Instant at={data.watchedAt} now={now} />
            </p>
          </div>
          {state.session?.role === "operator" && (
            <form method="post">
              <button type="submit" class="quiet" name="action" value="look">
                Look now
              </button>
            </form>
          )}
        </div>
        <AlertTable alerts={data.alerts} now={now} />
      </section>
      <section aria-labelledby="freshness">
        <h2 id="freshness">Freshness</h2>
        <details id="freshness-hours">
          <summary>
            From Clerk to the commit, hour by hour of the last day
          </summary>
          <FreshnessTable hours={data.hours} />
        </details>
      </section>
      <section aria-labelledby="checks">
        <div class="section-head">
          <h2 id="checks">Checks</h2>
          {state.session?.role === "operator" && (
            <form method="post" action="/dashboard/system#checks">
              <button type="submit" class="quiet" name="action" value="check">
                Run the checks
              </button>
            </form>
          )}
        </div>
        {data.checks === null
          ? (
            <p class="muted">
              The whole path with a signed probe that changes no user, Clerk's
              API and the watch, as <code>deno task doctor</code> does it.
            </p>
          )
          : <CheckTable checks={data.checks} />}
      </section>
      <div class="columns">
        <div>
          <section aria-labelledby="dependencies">
            <h2 id="dependencies">Dependencies</h2>
            <dl class="facts">
              <Fact label="MongoDB">
                <Probe kind={config.mongo.kind} result={mongodb} />
              </Fact>
              <Fact label="Inngest">
                <Probe kind={config.inngest.kind} result={inngest} />
              </Fact>
              <RegistrationFact
                unregistered={data.unregistered}
                total={data.functionCount}
                address={`${config.publicUrl ?? url.origin}/api/inngest`}
              />
              <Fact label="Deno">{Deno.version.deno}</Fact>
              <Fact label="V8">{Deno.version.v8}</Fact>
            </dl>
          </section>
          <SecretFacts
            secrets={data.secrets}
            configured={data.configured}
            now={now}
          />
          <RetentionFacts retention={config.retention} />
        </div>
        <div>
          <SettingFacts config={config} />
          <AuditLog entries={data.audit} now={now} />
        </div>
      </div>
    </>
  );
});

interface ProbeProps {
  readonly kind: "embedded" | "external";
  readonly result: ProbeResult;
}

function Probe({ kind, result: { status, ms } }: ProbeProps) {
  return status === "ok"
    ? (
      <>
        <span class="badge badge-applied">answers</span>
        {kind}, after {ms} ms
      </>
    )
    : <span class="badge badge-failed">does not answer</span>;
}
