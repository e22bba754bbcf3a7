/** Overview: the counts, the newest users and the newest events. */
import { page } from "fresh";
import { define } from "../../lib/define.ts";
import { type Overview, readOverview } from "../../lib/store/overview.ts";
import { EventTable } from "./(_components)/EventTable.tsx";
import { UserTable } from "./(_components)/UserTable.tsx";

interface OverviewData {
  readonly overview: Overview;
  readonly now: Date;
}

const ROWS = 10;

export const handler = define.handlers<OverviewData>({
  async GET(ctx) {
    const { store, clock } = ctx.state.services;
    return page({
      overview: await readOverview(store, ROWS),
      now: clock.now(),
    });
  },
});

export default define.page<typeof handler>(function OverviewPage({ data }) {
  const { overview, now } = data;
  return (
    <>
      <h1>Overview</h1>
      <dl class="figures">
        <Figure label="Users" value={overview.userCount} />
        <Figure label="Events" value={overview.eventCount} />
        <Figure label="Deleted" value={overview.tombstoneCount} />
        <Figure
          label="Failures"
          value={overview.deadLetterCount}
          isBad={overview.deadLetterCount > 0}
        />
      </dl>
      <section aria-labelledby="newest-users">
        <h2 id="newest-users">Newest users</h2>
        <UserTable users={overview.newestUsers} now={now} />
      </section>
      <section aria-labelledby="newest-events">
        <h2 id="newest-events">Newest events</h2>
        <EventTable events={overview.newestEvents} now={now} />
      </section>
    </>
  );
});

interface FigureProps {
  readonly label: string;
  readonly value: number;
  readonly isBad?: boolean;
}

function Figure({ label, value, isBad = false }: FigureProps) {
  return (
    <div class={isBad ? "figure figure-bad" : "figure"}>
      <dt>{label}</dt>
      <dd>{value.toLocaleString("en")}</dd>
    </div>
  );
}
