/**
 * Whether all is well, and if not, the one thing to look at first.
 *
 * The worst comes first: without Inngest nothing gets in, and when nobody looks
 * for alerts their absence says nothing. Alerts come from the store, where they
 * stay whatever has become of who found them.
 */
import { ALERT_KINDS } from "../../../lib/alerts/alert.ts";
import { describeDuration } from "../../../lib/alerts/describe_duration.ts";
import type { Services } from "../../../lib/services.ts";
import type { AlertDocument } from "../../../lib/store/alerts.ts";
import { STALLED_MS, WATCH_ALERTS } from "../../../lib/store/heartbeats.ts";
import type { Overview } from "../../../lib/store/overview.ts";
import { probe } from "../../(_dependencies)/probe.ts";
import { readUnregistered } from "./read_unregistered.ts";

/** What the banner says. */
export interface Health {
  readonly level: "good" | "warn" | "bad";
  readonly title: string;
  readonly detail: string;
  readonly link: { readonly href: string; readonly text: string } | null;
}

/** A page does not wait longer for Inngest, ms. */
const PING_TIMEOUT_MS = 250;
/** How many functions a sentence names. */
const SAMPLE = 3;

/**
 * Finds the one thing that the banner says.
 *
 * @param services What is asked.
 * @param overview The figures of the page.
 * @returns The worst that is known.
 */
export async function readHealth(
  services: Pick<
    Services,
    "pingInngest" | "findUnregistered" | "config" | "store" | "clock"
  >,
  overview: Overview,
): Promise<Health> {
  const { pingInngest, store, clock } = services;
  const [inngest, watch, alerts] = await Promise.all([
    probe(pingInngest, PING_TIMEOUT_MS),
    store.heartbeats.read(WATCH_ALERTS),
    store.alerts.readOpen(),
  ]);
  if (inngest.status === "down") return INNGEST_DOWN;
  if (watch === null) {
    const missing = await readUnregistered(services) ?? [];
    if (missing.length > 0) return unregistered(missing);
  }
  // Before its first time nothing has stopped.
  const watchedMs = watch && clock.now().getTime() - watch.last_at.getTime();
  if (watchedMs !== null && watchedMs > STALLED_MS) {
    return unwatched(watchedMs);
  }
  const [worst, ...others] = alerts.toSorted((a, b) =>
    ALERT_KINDS.indexOf(a.kind) - ALERT_KINDS.indexOf(b.kind)
  );
  if (worst !== undefined) return alerted(worst, others.length);
  if (overview.failureCount > 0) return failed(overview.failureCount);
  if (services.config.clerk.webhookSecrets.length === 0) return NO_SECRET;
  if (overview.eventCount === 0) return NOTHING_YET;
  return {
    level: "good",
    title: "All is well",
    detail: overview.recentCount === 0
      ? "Everything that arrived is applied. Nothing came in the last hour."
      : "Everything that arrived is applied.",
    link: null,
  };
}

const INNGEST_DOWN: Health = {
  level: "bad",
  title: "Inngest does not answer",
  detail:
    "Webhooks get 503 and Svix tries again: nothing that was acknowledged is lost.",
  link: { href: "/dashboard/system", text: "Look at the system" },
};

const NO_SECRET: Health = {
  level: "warn",
  title: "Webhooks are not taken yet",
  detail:
    "CLERK_WEBHOOK_SIGNING_SECRET is not set, and without it nothing can be verified.",
  link: { href: "/dashboard/system#secrets", text: "Look at the secrets" },
};

const NOTHING_YET: Health = {
  level: "warn",
  title: "Waiting for the first event",
  detail: "Rollcall is ready. The steps below lead to it.",
  link: null,
};

function unregistered(missing: readonly string[]): Health {
  return {
    level: "bad",
    title: "Inngest does not know the functions",
    detail:
      `Webhooks are taken, and nothing is written: sync the app in Inngest's dashboard, so that it calls ${
        sample(missing)
      }.`,
    link: {
      href: "/dashboard/system#dependencies",
      text: "Look at the system",
    },
  };
}

/** The first few by name; the system page has them all. */
function sample(names: readonly string[]): string {
  const rest = names.length - SAMPLE;
  const first = names.slice(0, SAMPLE).join(", ");
  return rest > 0 ? `${first} and ${rest} more` : first;
}

function unwatched(ms: number): Health {
  return {
    level: "bad",
    title: "Nobody looks for alerts",
    detail: `watch-alerts last ran ${
      describeDuration(ms)
    } ago: Inngest does not call the functions, and what goes wrong now is not noticed.`,
    link: { href: "/dashboard/system", text: "Look at the system" },
  };
}

function alerted(
  { title, detail, path }: AlertDocument,
  others: number,
): Health {
  if (others === 0) {
    return {
      level: "bad",
      title,
      detail,
      link: { href: path, text: "Look at it" },
    };
  }
  return {
    level: "bad",
    title: `${title}, and ${others} more`,
    detail,
    link: { href: "/dashboard/system#alerts", text: "See all alerts" },
  };
}

function failed(count: number): Health {
  return {
    level: "bad",
    title: count === 1
      ? "One event failed for good"
      : `${count.toLocaleString("en")} events failed for good`,
    detail: "Their changes are not in MongoDB until they are replayed.",
    link: { href: "/dashboard/failures", text: "See the failures" },
  };
}
