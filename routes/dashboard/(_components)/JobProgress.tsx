/**
 * One job: how far it is, how fast, what went wrong, and the buttons that it
 * takes. Plain forms: it works without JavaScript; the page's live view renews it.
 */
import {
  describeCounts,
  describeJob,
  formatCount,
  isStalled,
  measureJob,
} from "../../../lib/store/job_pace.ts";
import type { JobDocument } from "../../../lib/store/jobs.ts";
import { Instant } from "./Instant.tsx";
import { StateBadge } from "./StateBadge.tsx";

interface JobProgressProps {
  readonly job: JobDocument;
  readonly now: Date;
  /** Whether the buttons are shown. */
  readonly isOperator: boolean;
  /** Path of the page, to come back to. */
  readonly next: string;
}

/** What is counted, by the job's kind. */
const NOUNS: Readonly<Record<string, string>> = {
  backfill: "users",
  replay: "events",
};

const ACTIONS = {
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  failed: ["resume"],
  cancelled: [],
  done: [],
} as const;

export function JobProgress(props: JobProgressProps) {
  const { job, now, isOperator, next } = props;
  const noun = NOUNS[job.kind] ?? "items";
  const { fraction } = measureJob(job);
  const counts = describeCounts(job);
  const hasStalled = isStalled(job, now);
  const actions = [
    ...(hasStalled ? ["resume"] : []),
    ...ACTIONS[job.state],
  ];
  return (
    <div class="job" id={`job-${job._id}`}>
      <div class="section-head">
        <p>
          <StateBadge state={job.state} reason={job.error} />
          {hasStalled && (
            <span class="muted small">
              no progress since <Instant at={job.updated_at} now={now} />
            </span>
          )}
        </p>
        {isOperator && (
          <div class="actions">
            {actions.map((action) => (
              <JobForm key={action} id={job._id} action={action} next={next} />
            ))}
          </div>
        )}
      </div>
      <progress
        aria-label={`Part of the ${noun} that is done`}
        {...(fraction === null ? {} : { value: fraction, max: 1 })}
      />
      <p class="muted small">
        {describeJob(job, noun)}
        <span class="below">
          {counts && `${counts}, `}started by {job.actor}{" "}
          <Instant at={job.started_at} now={now} />
        </span>
      </p>
      <Failures job={job} />
    </div>
  );
}

interface JobFormProps {
  readonly id: string;
  readonly action: string;
  readonly next: string;
}

/** A button that does something with a job, or begins one. */
export function JobForm({ id, action, next }: JobFormProps) {
  const label = action.charAt(0).toUpperCase() + action.slice(1);
  return (
    <form method="post" action={`/dashboard/jobs/${encodeURIComponent(id)}`}>
      <input type="hidden" name="action" value={action} />
      <input type="hidden" name="next" value={next} />
      <button type="submit" class="quiet">{label}</button>
    </form>
  );
}

function Failures({ job }: { readonly job: JobDocument }) {
  if (job.failed === 0) return null;
  const unnamed = job.failed - job.failures.length;
  return (
    <details id={`job-failures-${job._id}`}>
      <summary>{formatCount(job.failed)} could not be done</summary>
      <ul class="small">
        {job.failures.map(({ id, reason }) => (
          <li key={id}>
            <code>{id}</code> {reason}
          </li>
        ))}
        {unnamed > 0 && <li>and {formatCount(unnamed)} more</li>}
      </ul>
    </details>
  );
}
