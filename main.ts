/**
 * The composition root: puts the application together and exports it as `app`.
 *
 * Importing this file connects nothing, reads no environment and starts no
 * timer; the services open with the first request, or when tasks/start.ts asks.
 */
import { App, staticFiles } from "fresh";
import { createFunctions } from "./functions/mod.ts";
import { readConfig } from "./lib/config.ts";
import type { State } from "./lib/define.ts";
import { snapshotEnvironment } from "./lib/inngest/snapshot_environment.ts";
import { openServices, type Services } from "./lib/services.ts";

/** Opens the services once, however many ask. */
export interface ServiceHolder {
  /** @returns The open services; a failure is tried again by the next call. */
  open(): Promise<Services>;
}

/**
 * Makes a holder.
 *
 * @param open Opens the services.
 * @returns The holder; it does nothing until it is asked.
 */
export function createServiceHolder(
  open: () => Promise<Services>,
): ServiceHolder {
  let pending: Promise<Services> | undefined;
  return {
    open() {
      pending ??= open().catch((error) => {
        pending = undefined;
        throw error;
      });
      return pending;
    },
  };
}

/**
 * Puts the application together.
 *
 * @param holder Where requests find the services.
 * @returns The application, with the routes of routes/.
 */
export function createApp(holder: ServiceHolder): App<State> {
  return new App<State>()
    .use(async (ctx) => {
      ctx.state.services = await holder.open();
      ctx.state.session = null;
      ctx.state.feedPosition = "";
      return await ctx.next();
    })
    .use(staticFiles())
    .fsRoutes();
}

/** The services of this process, opened on first use. */
export const services: ServiceHolder = createServiceHolder(() => {
  snapshotEnvironment();
  return openServices(readConfig(Deno.env.toObject()), {
    createFunctions,
    thread: new URL("./functions/thread.ts", import.meta.url),
  });
});

/** The application. */
export const app: App<State> = createApp(services);
