/**
 * A bound on what is being worked on at once, so that a flood costs a known
 * amount of memory: what does not fit is refused, not queued.
 */

/** The most that may be admitted at once. */
export interface AdmissionLimits {
  readonly maxRequests: number;
  readonly maxBytes: number;
}

/** Lets work in as long as there is room. */
export interface Admission {
  /**
   * Asks for room.
   *
   * @param bytes What the work will hold in memory; no room for nonsense.
   * @returns The way to give the room back; null when there is none.
   */
  enter(bytes: number): Disposable | null;
}

/**
 * Makes an admission with all room free.
 *
 * @param limits The most at once.
 * @returns The admission.
 */
export function createAdmission(
  { maxRequests, maxBytes }: AdmissionLimits,
): Admission {
  let requests = 0;
  let held = 0;
  return {
    enter(bytes) {
      const isRoomLeft = requests < maxRequests && held + bytes <= maxBytes;
      if (!isRoomLeft || bytes < 0) return null;
      requests++;
      held += bytes;
      let isInside = true;
      return {
        [Symbol.dispose]() {
          if (!isInside) return;
          isInside = false;
          requests--;
          held -= bytes;
        },
      };
    },
  };
}
