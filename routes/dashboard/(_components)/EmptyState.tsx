/** Nothing to show: why that is, and what to do next. */
import type { ComponentChildren } from "preact";

interface EmptyStateProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p class="muted">{children}</p>
    </div>
  );
}
