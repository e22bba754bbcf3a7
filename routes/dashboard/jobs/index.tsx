/** Jobs: replays and other long work, how far each is, and the way to stop it. */
import { page } from "fresh";
import { define } from "../../../lib/define.ts";
import type { JobDocument } from "../../../lib/store/jobs.ts";
import { AskedBanner } from "../(_components)/AskedBanner.tsx";
import { EmptyState } from "../(_components)/EmptyState.tsx";
import { JobProgress } from "../(_components)/JobProgress.tsx";
import { PageHead } from "../(_components)/PageHead.tsx";

interface JobsData {
  readonly jobs: readonly JobDocument[];
  /** Whether a job was asked for just now that has not begun yet. */
  readonly isStarting: boolean;
  readonly now: Date;
}

const ROWS = 50;

export const handler = define.handlers<JobsData>({
  async GET(ctx) {
    const { store, clock } = ctx.state.services;
    const jobs = await store.jobs.readNewest(ROWS);
    const asked = ctx.url.searchParams.get("asked");
    const isStarting = asked !== null && jobs.every(({ _id }) => _id !== asked);
    return page({ jobs, isStarting, now: clock.now() });
  },
});

export default define.page<typeof handler>(
  function JobsPage({ data: { jobs, isStarting, now }, url, state }) {
    return (
      <>
        <PageHead title="Jobs" lead="Replays and other long work" />
        {isStarting && (
          <AskedBanner url={url}>
            Inngest has taken it; it is shown here as soon as it begins.
          </AskedBanner>
        )}
        {jobs.length === 0 && !isStarting && (
          <EmptyState title="No job was started yet">
            A replay starts one: choose events on the page{" "}
            <a href="/dashboard/events">Events</a>, or all on{" "}
            <a href="/dashboard/failures">Failures</a>.
          </EmptyState>
        )}
        {jobs.map((job) => (
          <section key={job._id} aria-labelledby={`title-${job._id}`}>
            <h2 id={`title-${job._id}`}>{titleOf(job)}</h2>
            <JobProgress
              job={job}
              now={now}
              isOperator={state.session?.role === "operator"}
              next={url.pathname}
            />
          </section>
        ))}
      </>
    );
  },
);

/** What a job does, and in which mode. */
function titleOf({ kind, request }: JobDocument): string {
  const name = kind.charAt(0).toUpperCase() + kind.slice(1);
  if (kind !== "replay") return name;
  return request.mode === "full"
    ? "Replay of data and automations"
    : "Replay of the data";
}
