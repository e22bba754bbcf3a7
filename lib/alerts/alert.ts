/**
 * What an alert is: its kinds, and what a look at the signals says of each.
 *
 * An alert names what is wrong and where to look, with numbers and ids, never
 * with personal data: it leaves the house.
 */

/** What may be wrong, the worst first. */
export const ALERT_KINDS = [
  "silence",
  "dead-letters",
  "failure-rate",
  "lag",
  "drift",
  "scan-overdue",
  "old-secret",
] as const;

/** What may be wrong. */
export type AlertKind = typeof ALERT_KINDS[number];

/** What is wrong, as people read it. */
export interface AlertText {
  /** One sentence a person understands without the detail. */
  readonly title: string;
  /** The numbers, and what to do. */
  readonly detail: string;
  /** Page of the dashboard that shows it, with its filters. */
  readonly path: string;
}

/**
 * What a look says of one kind. `holding` is neither: too little to go by, or
 * between the limit that opens an alert and the one that closes it.
 */
export type Verdict =
  | ({ readonly kind: AlertKind; readonly state: "firing" } & AlertText)
  | { readonly kind: AlertKind; readonly state: "clear" | "holding" };

/** What happens to an alert; each is told once. */
export type AlertPhase = "opened" | "closed";
