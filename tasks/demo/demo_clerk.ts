/** The demo's Clerk instance, served on this machine, with its webhooks. */
import { ServedClerkInstance } from "./clerk_instance/start_clerk_instance.ts";
import type { SimulatedSvix } from "./simulated_svix.ts";

/** A served instance whose webhooks go nowhere until a road is connected. */
export interface DemoClerk {
  readonly instance: ServedClerkInstance;
  /** Sends webhooks on this road from now on. */
  connect(svix: SimulatedSvix): void;
}

/**
 * @param seed Same seed, same ids.
 * @returns The instance, listening on a free port.
 */
export function openDemoClerk(seed: number): DemoClerk {
  let road: SimulatedSvix | undefined;
  const instance = new ServedClerkInstance({
    seed,
    onWebhook: (webhook) => road?.deliver(webhook),
  });
  return { instance, connect: (svix) => void (road = svix) };
}

/** @returns A new signing secret, `whsec_` and 32 random bytes in base64. */
export function clerkSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
