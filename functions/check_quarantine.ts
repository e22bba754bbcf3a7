/**
 * Looks again at refused webhooks, after a secret was corrected: what one of the
 * present secrets verifies goes the way of every other webhook, the rest stays.
 *
 * The event has the `svix-id` for its id, so that one which Svix has delivered
 * meanwhile is the same event again.
 */
import type { InngestFunction } from "inngest";
import {
  QUARANTINE_CHECK_REQUESTED,
  quarantineCheckRequest,
} from "../lib/requests.ts";
import type { SealedEntry } from "../lib/store/quarantine.ts";
import { addDeadLetter } from "./dead_letter.ts";
import type { FunctionDependencies } from "./dependencies.ts";

const PAGE = 50;

/** What a second look came to. */
export interface QuarantineCheck {
  readonly checked: number;
  /** Genuine after all, and sent on. */
  readonly released: number;
}

type CheckDependencies = Pick<
  FunctionDependencies,
  "store" | "sender" | "sealer" | "clock"
>;

/**
 * @param deps Inngest, store, sender, sealer and clock.
 * @returns The function `check-quarantine`.
 */
export function checkQuarantine(
  deps: FunctionDependencies,
): InngestFunction.Any {
  return deps.inngest.createFunction(
    {
      id: "check-quarantine",
      name: "Check quarantine",
      triggers: [{ event: QUARANTINE_CHECK_REQUESTED }],
      concurrency: { limit: 1 },
      onFailure: (failure) => addDeadLetter(deps, failure),
    },
    async ({ event, step }) => {
      const { ids, who } = quarantineCheckRequest.parse(event.data);
      await step.run("note-who", async () => {
        await deps.store.ensureIndexes();
        const subject = ids?.length === 1 ? ids[0] ?? null : null;
        await deps.store.auditLog.record(
          { who, action: "check-quarantine", subject },
          deps.clock,
        );
      });
      let after: string | null = null;
      let total: QuarantineCheck = { checked: 0, released: 0 };
      for (let page = 0; page === 0 || after !== null; page++) {
        const from: string | null = after;
        const { checked, released, last } = await step.run(
          `page-${page}`,
          () => checkPage(deps, from, ids),
        );
        total = {
          checked: total.checked + checked,
          released: total.released + released,
        };
        after = last;
      }
      return total;
    },
  );
}

/**
 * Looks again at the next entries.
 *
 * @param deps Store, sender, sealer and clock.
 * @param after The last id of the page before, or null.
 * @param ids Only these; all when undefined.
 * @returns The counts, and the last id; null when there are no more.
 * @throws {EventNotTakenError} when Inngest does not take the events.
 */
export async function checkPage(
  deps: CheckDependencies,
  after: string | null,
  ids?: readonly string[],
): Promise<QuarantineCheck & { readonly last: string | null }> {
  const { store, clock } = deps;
  const entries = await store.quarantine.listSealed(
    { after, limit: PAGE },
    ids,
  );
  const sent = await Promise.all(entries.map((entry) => sendOn(deps, entry)));
  const released = entries.filter((_, index) => sent[index]);
  await store.quarantine.release(released.map(({ id }) => id), clock.now());
  return {
    checked: entries.length,
    released: released.length,
    last: entries.length === PAGE ? entries.at(-1)?.id ?? null : null,
  };
}

async function sendOn(
  { sender, sealer, clock }: CheckDependencies,
  { sealed }: SealedEntry,
): Promise<boolean> {
  const found = await sealer.lookAgain(sealed, clock.now());
  if (found.kind !== "verified") return false;
  await sender.send(found.event);
  return true;
}
