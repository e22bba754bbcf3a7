/**
 * The worker in which the server runs, off the thread that serves HTTP.
 *
 * Speaks with start_mongo.ts by messages: settings in, `ready` or `failed` out,
 * then `close` in and `closed` out. It holds the store; nothing is shared.
 */

/// <reference lib="deno.worker" />

import { loadMingo } from "./aggregate/mingo.ts";
import { Server } from "./server.ts";
import { Store } from "./storage/store.ts";
import { type ListenAddress, openListener } from "./wire/open_listener.ts";
import { deriveSecret } from "./wire/scram.ts";

/** What the worker is told to start with. */
export interface WorkerSettings {
  readonly kind: "start";
  readonly path: string;
  readonly address: ListenAddress;
  /** Undefined on a Unix socket, which file modes protect. */
  readonly credentials?: {
    readonly username: string;
    readonly password: string;
  };
}

/** What the worker is told. */
export type WorkerOrder = WorkerSettings | { readonly kind: "close" };

/** What the worker tells. */
export type WorkerReport =
  | { readonly kind: "ready"; readonly authority: string }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "closed" };

/** What is running, and how to end it. */
let stop: (() => Promise<void>) | undefined;

self.onmessage = async ({ data: order }: MessageEvent<WorkerOrder>) => {
  if (order.kind === "close") {
    await stop?.();
    report({ kind: "closed" });
    return self.close();
  }
  try {
    report({ kind: "ready", authority: await start(order) });
    await loadMingo();
  } catch (error) {
    report({
      kind: "failed",
      error: error instanceof Error ? error : new Error(String(error)),
    });
  }
};

async function start(settings: WorkerSettings): Promise<string> {
  const { path, address, credentials } = settings;
  const store = new Store(path);
  try {
    const { listener, authority, hide } = await openListener(address);
    const secret = credentials &&
      deriveSecret(credentials.username, credentials.password);
    const server = new Server({ store, listener, secret });
    const serving = server.serve();
    stop = async () => {
      await hide();
      server.close();
      await serving;
    };
    return authority;
  } catch (error) {
    store.close();
    throw error;
  }
}

function report(message: WorkerReport): void {
  self.postMessage(message);
}
