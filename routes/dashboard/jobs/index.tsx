/** Jobs: replays and other long work, how far each is, and the way to stop it. */
import { page } from "fresh";
import { define } from "../../../lib/define.ts";
import type { JobDocument } from "../../../lib/store/jobs.ts";
import { EmptyState } from "../(_components)/EmptyState.tsx";
import { Instant } from "../(_components)/Instant.tsx";
import { PageHead } from "../(_components)/PageHead.tsx";

interface JobsData {
  readonly jobs: readonly JobDocument[];
  /** Whether the job that was asked for just now has not begun yet. */
  readonly isStarting: boolean;
  readonly isOperator: boolean;
  readonly now: Date;
}

const ROWS = 50;

export const handler = define.handlers<JobsData>({
  async GET(ctx) {
    const { services, session } = ctx.state;
    const jobs = await services.store.jobs.readNewest(ROWS);
    const asked = ctx.url.searchParams.get("asked");
    return page({
      jobs,
      isStarting: asked !== null && jobs.every(({ _id }) => _id !== asked),
      isOperator: session?.role === "operator",
      now: services.clock.now(),
    });
  },
});

export default define.page<typeof handler>(
  function JobsPage({ data: { jobs, isStarting, now } }) {
    return (
      <>
        <PageHead title="Jobs" lead="Replays and other long work" />
        {isStarting && (
          <section class="banner banner-good" role="status">
            <p class="banner-title">
              It was handed to Inngest and begins in a moment.
            </p>
          </section>
        )}
        {jobs.length === 0 && !isStarting && (
          <EmptyState title="No job was started yet">
            A replay starts one: choose events on the page{" "}
            <a href="/dashboard/events">Events</a>, or all on{" "}
            <a href="/dashboard/failures">Failures</a>.
          </EmptyState>
        )}
        {jobs.map((job) => (
          <p key={job._id}>
            {job.kind} {job.state} <Instant at={job.started_at} now={now} />
          </p>
        ))}
      </>
    );
  },
);
