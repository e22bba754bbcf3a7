/** The steps of a run on one axis of time: how long each took, what failed when. */
// @ts-types="@types/d3-scale"
import { scaleLinear } from "d3-scale";
import type { RunStep } from "../../../lib/inngest/run_schema.ts";
import { formatMs } from "./EventTable.tsx";
import { maskPayload } from "./mask_payload.ts";
import { StateBadge } from "./StateBadge.tsx";

interface StepAxisProps {
  readonly steps: readonly RunStep[];
  /** Both ends of the axis. */
  readonly from: Date;
  readonly to: Date;
  readonly isRevealed: boolean;
}

const WIDTH = 1_000;
const HEIGHT = 20;
const MIN_WIDTH = 6;

export function StepAxis({ steps, from, to, isRevealed }: StepAxisProps) {
  const x = scaleLinear().domain([from.getTime(), to.getTime()])
    .range([0, WIDTH]).clamp(true);
  const bar = (start: Date, end: Date) => {
    const left = Math.min(x(start.getTime()), WIDTH - MIN_WIDTH);
    return {
      x: Math.round(left),
      width: Math.round(Math.max(MIN_WIDTH, x(end.getTime()) - left)),
    };
  };
  return (
    <div class="table-frame">
      <table class="steps" aria-label="Steps">
        <thead>
          <tr>
            <th>Step</th>
            <th>State</th>
            <th>
              <span class="axis">
                <span>0</span>
                <span>{formatMs(to.getTime() - from.getTime())}</span>
              </span>
            </th>
            <th class="end">Took</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step.id}>
              <td>
                {step.name || "(unnamed)"}
                <span class="below">{step.op}</span>
              </td>
              <td>
                <StateBadge state={step.state} />
              </td>
              <td class="plot">
                <svg
                  viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
                  preserveAspectRatio="none"
                  aria-hidden="true"
                >
                  {step.queuedAt && (
                    <rect
                      class={step.state === "failed" ? "tone-bad" : "tone-1"}
                      y={5}
                      height={10}
                      {...bar(step.queuedAt, step.endedAt ?? to)}
                    />
                  )}
                  {step.failedAttempts.map((attempt) => (
                    <rect
                      key={attempt.startedAt.getTime()}
                      class="tone-bad"
                      height={HEIGHT}
                      {...bar(attempt.startedAt, attempt.endedAt)}
                    />
                  ))}
                </svg>
                <StepDetails step={step} isRevealed={isRevealed} />
              </td>
              <td class="end number">
                {formatMs(
                  step.queuedAt &&
                    (step.endedAt ?? to).getTime() - step.queuedAt.getTime(),
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type StepDetailsProps =
  & Pick<StepAxisProps, "isRevealed">
  & { readonly step: RunStep };

function StepDetails({ step, isRevealed }: StepDetailsProps) {
  const { failedAttempts, output, id } = step;
  const shown = isRevealed ? output : maskPayload(output);
  return (
    <>
      {failedAttempts.map(({ error, startedAt }, index) => (
        <p key={startedAt.getTime()} class="small error breakable">
          Attempt {index + 1} failed: {error}
        </p>
      ))}
      {output !== undefined && output !== null && (
        <details id={`output-${id}`} class="small">
          <summary>Output</summary>
          <pre class="payload" tabIndex={0} role="region" aria-label="Output">
            {JSON.stringify(shown, null, 2)}
          </pre>
        </details>
      )}
    </>
  );
}
