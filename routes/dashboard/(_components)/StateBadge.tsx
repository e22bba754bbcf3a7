/** What became of an event, in a word and a colour. */

interface StateBadgeProps {
  readonly state: string;
  /** Why, where that is known. */
  readonly reason?: string | null | undefined;
}

const MAX_REASON = 80;

export function StateBadge({ state, reason }: StateBadgeProps) {
  return (
    <>
      <span class={`badge badge-${state}`}>{state}</span>
      {reason && (
        <span class="muted small" title={reason}>
          {reason.length > MAX_REASON
            ? `${reason.slice(0, MAX_REASON)}…`
            : reason}
        </span>
      )}
    </>
  );
}
