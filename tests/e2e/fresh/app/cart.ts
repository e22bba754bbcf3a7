/** A signal that lives in a module, so that islands share it. */
import { type Signal, signal } from "@preact/signals";

export const cart: Signal<readonly string[]> = signal<readonly string[]>([]);
