/**
 * Revives signals among the properties of islands; only pages that have some
 * load this script.
 */
import { computed, signal } from "@preact/signals";

/** For {@linkcode boot}. */
export const revivers = {
  Signal: ([value]: [unknown]): unknown => signal(value),
  Computed: ([value]: [unknown]): unknown => computed(() => value),
};
