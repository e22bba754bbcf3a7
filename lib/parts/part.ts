/** Something that the service stands on: started here, or running elsewhere. */

/** A part in use and the way to let go of it. */
export interface Part<T> {
  readonly value: T;
  /** Stops what was started here; leaves alone what runs elsewhere. */
  close(): Promise<void>;
}
