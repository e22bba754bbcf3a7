/**
 * An action that is asked for twice: the first press opens what it will do, the
 * second does it. Works without JavaScript, and nothing else can press it.
 */
import type { ComponentChildren } from "preact";

interface ConfirmProps {
  /** Unique on the page. */
  readonly id: string;
  /** What the first press says. */
  readonly ask: string;
  /** What the second press says: what is done, to what and to how many. */
  readonly confirm: string;
  /** Value of the form's field `action`. */
  readonly action: string;
  /** What will happen, and further fields. */
  readonly children: ComponentChildren;
}

export function Confirm(
  { id, ask, confirm, action, children }: ConfirmProps,
) {
  return (
    <details id={id} class="confirm">
      <summary class="button quiet">{ask}</summary>
      <form method="post" class="order">
        <input type="hidden" name="action" value={action} />
        {children}
        <div class="actions">
          <button type="submit">{confirm}</button>
        </div>
      </form>
    </details>
  );
}
