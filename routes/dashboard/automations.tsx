/** Automations: what is configured, what was done for whom, and what failed. */
import { page } from "fresh";
import type { ProvidersConfig } from "../../lib/config.ts";
import { define } from "../../lib/define.ts";
import type { LedgerEntry } from "../../lib/store/automation_ledger.ts";
import type { KeysetPage } from "../../lib/store/keyset_page.ts";
import {
  type AutomationUse,
  LEDGER_STATES,
  readAutomationUse,
  readLedger,
} from "../../lib/store/ledger_page.ts";
import {
  type Automation,
  AUTOMATIONS,
  PROVIDERS,
} from "./(_components)/automations.ts";
import { EmptyState } from "./(_components)/EmptyState.tsx";
import { Choice } from "./(_components)/FilterForm.tsx";
import { Instant } from "./(_components)/Instant.tsx";
import { eventLink, replayLink } from "./(_components)/links.ts";
import { PageHead } from "./(_components)/PageHead.tsx";
import { Pager } from "./(_components)/Pager.tsx";
import { StateBadge } from "./(_components)/StateBadge.tsx";
import { Subject } from "./(_components)/Subject.tsx";

interface AutomationsData {
  readonly uses: readonly AutomationUse[];
  readonly providers: ProvidersConfig;
  readonly entries: KeysetPage<LedgerEntry>;
  readonly now: Date;
}

const ROWS = 50;
const LEDGER_NAMES = AUTOMATIONS.flatMap(({ ledgerNames }) => ledgerNames);

export const handler = define.handlers<AutomationsData>({
  async GET(ctx) {
    const { store, config, clock } = ctx.state.services;
    const { searchParams } = ctx.url;
    const automation = searchParams.get("automation");
    const state = searchParams.get("state");
    const [entries, ...uses] = await Promise.all([
      readLedger(store, {
        automation: LEDGER_NAMES.find((name) => name === automation) ?? null,
        state: LEDGER_STATES.find((name) => name === state) ?? null,
        cursor: searchParams.get("after"),
        limit: ROWS,
      }),
      ...AUTOMATIONS.map(({ ledgerNames }) =>
        readAutomationUse(store, ledgerNames)
      ),
    ]);
    const { providers } = config;
    return page({ uses, providers, entries, now: clock.now() });
  },
});

export default define.page<typeof handler>(
  function AutomationsPage({ data, url, state }) {
    const { uses, providers, entries, now } = data;
    return (
      <>
        <PageHead
          title="Automations"
          lead="What follows from a new user, once for each"
        />
        <div class="table-frame">
          <table aria-label="Automations">
            <thead>
              <tr>
                <th>Automation</th>
                <th>Through</th>
                <th>So far</th>
                <th class="end">Last done</th>
              </tr>
            </thead>
            <tbody>
              {AUTOMATIONS.map((automation, index) => (
                <AutomationRow
                  key={automation.id}
                  automation={automation}
                  use={uses[index]}
                  isConfigured={providers[automation.provider] !== undefined}
                  now={now}
                />
              ))}
            </tbody>
          </table>
        </div>
        <section aria-labelledby="ledger">
          <h2 id="ledger">Ledger</h2>
          <Filters url={url} />
          {entries.rows.length === 0
            ? <NoEntry path={url.pathname} />
            : (
              <LedgerTable
                entries={entries.rows}
                canReplay={state.session?.role === "operator"}
                now={now}
              />
            )}
          <Pager url={url} next={entries.next} />
        </section>
      </>
    );
  },
);

interface AutomationRowProps {
  readonly automation: Automation;
  readonly use: AutomationUse | undefined;
  readonly isConfigured: boolean;
  readonly now: Date;
}

function AutomationRow(props: AutomationRowProps) {
  const { automation, use, isConfigured, now } = props;
  const { name, needs } = PROVIDERS[automation.provider];
  return (
    <tr>
      <td>
        <a href={`/dashboard/runs?function=${automation.id}`}>
          {automation.name}
        </a>
        <span class="below">{automation.does}</span>
      </td>
      <td>
        {isConfigured ? <span class="badge badge-done">{name}</span> : (
          <>
            <span class="badge">not configured</span>
            <span class="below">set {needs}</span>
          </>
        )}
      </td>
      <td class="number">
        {use && LEDGER_STATES
          .filter((state) => state === "done" || use.counts[state] > 0)
          .map((state) => `${use.counts[state].toLocaleString("en")} ${state}`)
          .join(", ")}
      </td>
      <td class="end">
        <Instant at={use?.lastDoneAt ?? null} now={now} />
      </td>
    </tr>
  );
}

function Filters({ url }: { readonly url: URL }) {
  const choices = (names: readonly string[]) => ({
    "": "any",
    ...Object.fromEntries(names.map((name) => [name, name])),
  });
  return (
    <form class="filters" method="get" action={url.pathname}>
      <Choice
        url={url}
        name="automation"
        label="Automation"
        options={choices(LEDGER_NAMES)}
      />
      <Choice
        url={url}
        name="state"
        label="State"
        options={choices(LEDGER_STATES)}
      />
      <div class="actions">
        <button type="submit">Apply</button>
      </div>
    </form>
  );
}

interface LedgerTableProps {
  readonly entries: readonly LedgerEntry[];
  readonly canReplay: boolean;
  readonly now: Date;
}

function LedgerTable({ entries, canReplay, now }: LedgerTableProps) {
  return (
    <div class="table-frame">
      <table aria-label="Ledger">
        <thead>
          <tr>
            <th>User</th>
            <th>Automation</th>
            <th>State</th>
            <th class="wide">At the provider</th>
            <th>Event</th>
            <th class="end">Changed</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry._id} data-row>
              <td>
                <Subject id={entry.user_id} />
              </td>
              <td>{entry.automation}</td>
              <td>
                <StateBadge state={entry.state} reason={entry.reason} />
              </td>
              <td class="wide breakable">
                {entry.provider_id
                  ? <code>{entry.provider_id}</code>
                  : <span class="muted">–</span>}
              </td>
              <td>
                <span class="actions">
                  <a href={eventLink(entry.event_id)}>event</a>
                  {canReplay && entry.state === "failed" && (
                    <a href={replayLink({ event: entry.event_id })}>Replay…</a>
                  )}
                </span>
              </td>
              <td class="end">
                <Instant at={entry.updated_at} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NoEntry({ path }: { readonly path: string }) {
  return (
    <EmptyState title="Nothing is in the ledger">
      An entry is made when an automation acts for a user, or leaves it, and
      says why.{" "}
      <a href={path}>Show all entries</a>, or what failed for good under{" "}
      <a href="/dashboard/failures">Failures</a>.
    </EmptyState>
  );
}
