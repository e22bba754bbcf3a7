/** For how long what is kept: old records are removed every night. */
import type { RetentionConfig } from "../../../lib/config.ts";
import { MAX_QUARANTINED } from "../../../lib/store/quarantine.ts";
import { Fact } from "./Fact.tsx";

interface RetentionFactsProps {
  readonly retention: RetentionConfig;
}

export function RetentionFacts({ retention }: RetentionFactsProps) {
  return (
    <section aria-labelledby="retention">
      <h2 id="retention">Retention</h2>
      <dl class="facts">
        <Fact label="Events and writes">{daysOf(retention.eventsDays)}</Fact>
        <Fact label="Failures, jobs, scans, alerts">
          {daysOf(retention.workDays)}
        </Fact>
        <Fact label="Audit log">{daysOf(retention.auditDays)}</Fact>
        <Fact label="Quarantine">
          7 days, at most {MAX_QUARANTINED.toLocaleString("en")}
        </Fact>
        <Fact label="Users, tombstones, ledger">for good</Fact>
      </dl>
    </section>
  );
}

function daysOf(days: number): string {
  if (days === 0) return "for good";
  return days === 1 ? "1 day" : `${days.toLocaleString("en")} days`;
}
