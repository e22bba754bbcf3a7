/** The two lists of what came to the door: taken, and refused. */

interface EventTabsProps {
  readonly isQuarantine: boolean;
}

export function EventTabs({ isQuarantine }: EventTabsProps) {
  return (
    <nav class="choice" aria-label="Taken or refused">
      <a
        href="/dashboard/events"
        aria-current={isQuarantine ? "false" : "true"}
      >
        Events
      </a>
      <a
        href="/dashboard/events/quarantine"
        aria-current={isQuarantine ? "true" : "false"}
      >
        Quarantine
      </a>
    </nav>
  );
}
