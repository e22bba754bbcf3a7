/** System: what Rollcall stands on, its settings, its secrets by use, who did what. */
import { page } from "fresh";
import manifest from "../../deno.json" with { type: "json" };
import { fingerprintSecret } from "../../lib/clerk/verify_webhook.ts";
import type { Config } from "../../lib/config.ts";
import { define } from "../../lib/define.ts";
import type { AuditEntry } from "../../lib/store/audit_log.ts";
import type { SecretUseDocument } from "../../lib/store/secret_use.ts";
import {
  type Dependencies,
  probeDependencies,
  type ProbeResult,
} from "../(_dependencies)/probe.ts";
import { EmptyState } from "./(_components)/EmptyState.tsx";
import { Fact } from "./(_components)/Fact.tsx";
import { Instant } from "./(_components)/Instant.tsx";
import { PageHead } from "./(_components)/PageHead.tsx";
import { Setting } from "./(_components)/Setting.tsx";

interface SystemData {
  readonly dependencies: Dependencies;
  readonly secrets: readonly SecretUseDocument[];
  readonly configured: readonly string[];
  readonly audit: readonly AuditEntry[];
  readonly config: Config;
  readonly now: Date;
}

const AUDIT_ROWS = 20;

export const handler = define.handlers<SystemData>({
  async GET(ctx) {
    const { services } = ctx.state;
    const { store, config, clock } = services;
    const configured = await Promise.all(
      config.clerk.webhookSecrets.map(fingerprintSecret),
    );
    const [dependencies, secrets, audit] = await Promise.all([
      probeDependencies(services),
      store.secretUse.readAll(),
      store.auditLog.readNewest(AUDIT_ROWS),
    ]);
    const now = clock.now();
    return page({ dependencies, secrets, configured, audit, config, now });
  },
});

export default define.page<typeof handler>(function SystemPage({ data }) {
  const { dependencies: { mongodb, inngest }, config, now } = data;
  return (
    <>
      <PageHead title="System" lead={`Rollcall ${manifest.version}`} />
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
              <Fact label="Deno">{Deno.version.deno}</Fact>
              <Fact label="V8">{Deno.version.v8}</Fact>
            </dl>
          </section>
          <Secrets
            secrets={data.secrets}
            configured={data.configured}
            now={now}
          />
        </div>
        <div>
          <Settings config={config} />
          <Audit entries={data.audit} now={now} />
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

interface SecretsProps {
  readonly secrets: readonly SecretUseDocument[];
  readonly configured: readonly string[];
  readonly now: Date;
}

function Secrets({ secrets, configured, now }: SecretsProps) {
  const seen = secrets.map(({ _id }) => _id);
  const unused = configured.filter((secret) => !seen.includes(secret));
  return (
    <section aria-labelledby="secrets">
      <h2 id="secrets">Webhook secrets</h2>
      {seen.length + unused.length === 0
        ? (
          <EmptyState title="No secret is configured">
            Set <code>CLERK_WEBHOOK_SIGNING_SECRET</code>{" "}
            to the secret of the endpoint in Clerk's dashboard.
          </EmptyState>
        )
        : (
          <dl class="facts">
            {unused.map((secret) => (
              <Fact key={secret} label={secret}>
                Has not verified an event yet
              </Fact>
            ))}
            {secrets.map((secret) => (
              <Fact key={secret._id} label={secret._id}>
                <SecretUse secret={secret} now={now} />
                {!configured.includes(secret._id) && (
                  <span class="below">no longer configured</span>
                )}
              </Fact>
            ))}
          </dl>
        )}
    </section>
  );
}

interface SecretUseProps {
  readonly secret: SecretUseDocument;
  readonly now: Date;
}

function SecretUse(
  { secret: { first_at, last_at, count }, now }: SecretUseProps,
) {
  return (
    <>
      Used <Instant at={last_at} now={now} />, by {count.toLocaleString("en")}
      {" "}
      events since <Instant at={first_at} now={now} />
    </>
  );
}

function Settings({ config }: { readonly config: Config }) {
  const { clerk, auth } = config;
  return (
    <section aria-labelledby="settings">
      <h2 id="settings">Settings in force</h2>
      <dl class="facts">
        <Fact label="Environment">{config.environment}</Fact>
        <Fact label="Database">{config.mongo.database}</Fact>
        <Fact label="Public URL">{config.publicUrl ?? null}</Fact>
        <Fact label="Clerk's API">{clerk.apiUrl}</Fact>
        <Fact label="Clerk instance">
          {clerk.instanceId ?? "any: events of every instance are applied"}
        </Fact>
        <Setting
          label="Clerk's secret key"
          isSet={clerk.secretKey !== undefined}
          otherwise="scans and repairs are off"
        />
        <Setting
          label="Admin password"
          isSet={auth.adminPassword !== undefined}
          otherwise="made up at the start"
        />
        <Setting
          label="Session secret"
          isSet={auth.sessionSecret !== undefined}
          otherwise="a restart signs everybody out"
        />
        <Fact label="Log level">{config.logLevel}</Fact>
      </dl>
    </section>
  );
}

interface AuditProps {
  readonly entries: readonly AuditEntry[];
  readonly now: Date;
}

function Audit({ entries, now }: AuditProps) {
  return (
    <section aria-labelledby="audit">
      <h2 id="audit">Audit log</h2>
      {entries.length === 0
        ? (
          <EmptyState title="Nothing is on record">
            Exports and revealed payloads are listed here with who did it.
          </EmptyState>
        )
        : (
          <dl class="facts">
            {entries.map(({ _id, at, who, action, subject }) => (
              <Fact key={_id} label={who}>
                {action.replaceAll("-", " ")}{" "}
                {subject && <code>{subject}</code>}
                <span class="below">
                  <Instant at={at} now={now} />
                </span>
              </Fact>
            ))}
          </dl>
        )}
    </section>
  );
}
