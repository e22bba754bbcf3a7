/** The import of all users from Clerk: the button that begins it, and how it goes. */
import type { JobDocument } from "../../../lib/store/jobs.ts";
import { JobForm, JobProgress } from "./JobProgress.tsx";

interface BackfillPanelProps {
  /** The import that was begun last, or null. */
  readonly job: JobDocument | null;
  readonly now: Date;
  /** Whether the buttons are shown. */
  readonly isOperator: boolean;
  /** Path of the page, to come back to. */
  readonly next: string;
}

export function BackfillPanel(props: BackfillPanelProps) {
  const { job, isOperator, next } = props;
  const isOpen = job?.state === "running" || job?.state === "paused";
  return (
    <section aria-labelledby="backfill">
      <div class="section-head">
        <h2 id="backfill">Backfill</h2>
        {isOperator && !isOpen && (
          <JobForm id="backfill" action="start" next={next} />
        )}
      </div>
      {job === null
        ? (
          <p class="muted">
            Brings every user of Clerk in, 500 at a time. What is newer here, or
            was deleted, stays as it is; nobody is mailed or billed for it.
          </p>
        )
        : <JobProgress {...props} job={job} />}
    </section>
  );
}
