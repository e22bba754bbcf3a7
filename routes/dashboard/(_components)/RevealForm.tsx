/** The button that shows what is masked; pressing it goes on record. */
import type { Session } from "../../../lib/auth/session.ts";

interface RevealFormProps {
  readonly session: Session | null;
  readonly isRevealed: boolean;
}

export function RevealForm({ session, isRevealed }: RevealFormProps) {
  if (isRevealed) {
    return (
      <p class="muted small" data-answer>
        Shown in full; the audit log says so.
      </p>
    );
  }
  if (session?.role !== "operator") {
    return <p class="muted small">Masked. Operators can reveal it.</p>;
  }
  return (
    <form method="post" class="inline">
      <input type="hidden" name="action" value="reveal" />
      <button type="submit" class="quiet">Reveal</button>
      <span class="muted small">Goes on record in the audit log</span>
    </form>
  );
}
