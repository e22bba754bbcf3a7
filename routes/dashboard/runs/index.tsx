/** Runs: what the functions did and do, by function and state, as Inngest tells it. */
import { page } from "fresh";
import { define } from "../../../lib/define.ts";
import { RUN_STATES } from "../../../lib/inngest/run_schema.ts";
import type { RunPage } from "../../../lib/inngest/runs_api.ts";
import { type Asked, askRuns } from "../(_components)/ask_runs.ts";
import { EmptyState } from "../(_components)/EmptyState.tsx";
import { Choice } from "../(_components)/FilterForm.tsx";
import { NoInngest } from "../(_components)/NoInngest.tsx";
import { PageHead } from "../(_components)/PageHead.tsx";
import { Pager } from "../(_components)/Pager.tsx";
import { RunTable } from "../(_components)/RunTable.tsx";

interface RunsData {
  readonly runs: Asked<RunPage>;
  /** Names by id. */
  readonly functions: Readonly<Record<string, string>>;
  readonly now: Date;
}

const ROWS = 50;

export const handler = define.handlers<RunsData>({
  async GET(ctx) {
    const { services } = ctx.state;
    const { searchParams } = ctx.url;
    const state = searchParams.get("state");
    const functionId = searchParams.get("function");
    const known = services.functions.find(({ id }) => id === functionId);
    const runs = await askRuns(services.runs.list({
      functionId: known?.id ?? null,
      state: RUN_STATES.find((name) => name === state) ?? null,
      cursor: searchParams.get("after"),
      limit: ROWS,
    }));
    const functions = Object.fromEntries(
      services.functions.map(({ id, name }) => [id, name]),
    );
    return page({ runs, functions, now: services.clock.now() });
  },
});

export default define.page<typeof handler>(
  function RunsPage({ data: { runs, functions, now }, url }) {
    return (
      <>
        <PageHead
          title="Runs"
          lead="What the functions did and do, the newest first"
        />
        <form class="filters" method="get" action={url.pathname}>
          <Choice
            url={url}
            name="function"
            label="Function"
            options={{ "": "any", ...functions }}
          />
          <Choice
            url={url}
            name="state"
            label="State"
            options={{
              "": "any",
              ...Object.fromEntries(RUN_STATES.map((state) => [state, state])),
            }}
          />
          <div class="actions">
            <button type="submit">Apply</button>
          </div>
        </form>
        {runs.kind === "silent"
          ? <NoInngest error={runs.error} />
          : <Found runs={runs.value} url={url} now={now} />}
      </>
    );
  },
);

interface FoundProps {
  readonly runs: RunPage;
  readonly url: URL;
  readonly now: Date;
}

function Found({ runs, url, now }: FoundProps) {
  if (runs.rows.length === 0) {
    return (
      <EmptyState title="No run matches">
        A run begins with an event, and Inngest forgets it some days after its
        end. <a href={url.pathname}>Show all runs</a>, or the{" "}
        <a href="/dashboard/failures">failures</a>, which are kept.
      </EmptyState>
    );
  }
  return (
    <>
      <RunTable runs={runs.rows} now={now} />
      <Pager url={url} next={runs.next} />
    </>
  );
}
