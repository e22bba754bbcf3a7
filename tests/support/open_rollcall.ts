/**
 * The services in this process, without HTTP in front: for tests that send events
 * of their own and look at the store. Both embedded parts are real.
 */
import { createFunctions } from "../../functions/mod.ts";
import { readConfig } from "../../lib/config.ts";
import { APP_ID } from "../../lib/inngest/create_client.ts";
import type { LiveMessage } from "../../lib/live_feed.ts";
import {
  openServices,
  type ServiceOptions,
  type Services,
} from "../../lib/services.ts";
import { EndedRuns, type RunEnded } from "../contract/inngest/ended_runs.ts";
import { withDeadline } from "./with_deadline.ts";

/** Open services with ears. */
export interface OpenRollcall extends AsyncDisposable {
  readonly services: Services;
  /** Waits for the end of a run; the n-th call for a function gets its n-th end. */
  ended(functionId: string): Promise<RunEnded>;
  /** Resolves once outcomes of all these events were recorded, from now on. */
  outcomes(eventIds: readonly string[]): Promise<void>;
  /** Resolves with the id of the next event that is recorded with its outcome. */
  nextOutcome(): Promise<string>;
}

/**
 * Opens the services on a folder and a database of their own.
 *
 * @param env Variables beside those.
 * @param options Other functions than all, other clocks than the real ones.
 * @returns The open services.
 */
export async function openRollcall(
  env: Readonly<Record<string, string>> = {},
  options: Partial<ServiceOptions> = {},
): Promise<OpenRollcall> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await Deno.makeTempDir({ prefix: "rollcall_test_" });
  stack.defer(() => Deno.remove(dataDir, { recursive: true }));
  const mongoUri = Deno.env.get("MONGODB_URI");
  const ends = new EndedRuns();
  const config = readConfig({
    DATA_DIR: dataDir,
    MONGODB_DATABASE: `rollcall_test_${crypto.randomUUID().slice(0, 8)}`,
    ...(mongoUri === undefined ? {} : { MONGODB_URI: mongoUri }),
    ...env,
  });
  const services = stack.use(
    await openServices(config, {
      ...options,
      createFunctions: (deps) => [
        ...(options.createFunctions ?? createFunctions)(deps),
        deps.inngest.createFunction(
          { id: "witness", triggers: [{ event: "inngest/function.finished" }] },
          ({ event }) => ends.add(event.data as unknown as RunEnded),
        ),
      ],
    }),
  );
  stack.defer(async () => {
    await services.store.db.dropDatabase();
  });
  await services.store.ensureIndexes();
  const resources = stack.move();
  return {
    services,
    ended: (functionId) =>
      withDeadline(
        ends.next(`${APP_ID}-${functionId}`),
        () => `the end of ${functionId}`,
      ),
    outcomes: (eventIds) => hearOutcomes(services, eventIds),
    nextOutcome: () => hearNextOutcome(services),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function hearOutcomes(
  { feed }: Services,
  eventIds: readonly string[],
): Promise<void> {
  const missing = new Set(eventIds);
  const heard = Promise.withResolvers<void>();
  using _listener = feed.subscribe({
    next(message: LiveMessage) {
      if (message.kind !== "events-recorded") return;
      for (const id of message.settled) missing.delete(id);
      if (missing.size === 0) heard.resolve();
    },
    end: () => heard.reject(new Error("Cannot wait longer: the feed ended")),
  });
  await withDeadline(heard.promise, () => `outcomes of ${[...missing]}`);
}

async function hearNextOutcome({ feed }: Services): Promise<string> {
  const arrived = new Set<string>();
  const settled = new Set<string>();
  const heard = Promise.withResolvers<string>();
  using _listener = feed.subscribe({
    next(message: LiveMessage) {
      if (message.kind !== "events-recorded") return;
      // The outcome may be recorded before the arrival is.
      for (const id of message.received) arrived.add(id);
      for (const id of message.settled) settled.add(id);
      const [first] = arrived.intersection(settled);
      if (first !== undefined) heard.resolve(first);
    },
    end: () => heard.reject(new Error("Cannot wait longer: the feed ended")),
  });
  return await withDeadline(heard.promise, () => "the next outcome");
}
