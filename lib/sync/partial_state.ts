/**
 * States that leave fields out, which Clerk's schema allows: such a field is
 * unchanged, whatever state told it last. If an older state that tells it arrives
 * later, the field is the one thing of it that still counts.
 */
import type { SyncedDocument, WriteQuestion } from "./write_plan.ts";
import {
  compareVersions,
  type OlderFields,
  type StampedVersion,
  type SyncStamp,
  type Version,
  versionOf,
} from "./version.ts";

/**
 * Notes what a newer state leaves out.
 *
 * @param question The state, and what is stored.
 * @returns A part of the stamp; empty for a state that is whole.
 */
export function noteUntold<D extends SyncedDocument>(
  { fields, empty, known }: WriteQuestion<D>,
): { readonly older?: OlderFields } {
  const untold = Object.keys(empty).filter((name) =>
    !Object.hasOwn(fields, name)
  );
  if (untold.length === 0) return {};
  const stamp = known.stored?.sync;
  return {
    older: Object.fromEntries(untold.map((name) => [name, told(name, stamp)])),
  };
}

function told(
  name: string,
  stamp: SyncStamp | undefined,
): StampedVersion | null {
  if (stamp === undefined) return null;
  const { version, event_at, event_id, older } = stamp;
  return older?.[name] !== undefined
    ? older[name]
    : { version, event_at, event_id };
}

/** What an older state still has to say. */
export interface LateFields {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly older: OlderFields;
}

/**
 * Finds the fields of an older state that no newer one has told.
 *
 * @param question The state, older than what is stored.
 * @returns Those fields, and the stamp's note of them; null when there are none.
 */
export function findLateFields<D extends SyncedDocument>(
  { fields, incoming: { version }, known }: WriteQuestion<D>,
): LateFields | null {
  const older = known.stored?.sync?.older;
  if (older === undefined) return null;
  const late = Object.entries(fields).filter(([name]) => {
    const last = older[name];
    return last !== undefined && compareVersions(version, versionOf(last)) > 0;
  });
  if (late.length === 0) return null;
  const note: StampedVersion = {
    version: version.updatedAtMs,
    event_at: version.eventAt,
    event_id: version.eventId,
  };
  return {
    fields: Object.fromEntries(late),
    older: {
      ...older,
      ...Object.fromEntries(late.map(([name]) => [name, note])),
    },
  };
}

/**
 * Whether a state is older than what is stored and has told its fields already.
 *
 * @param version Its version.
 * @param stamp The document's.
 * @returns True for its repetition, such as the retry of a run that died.
 */
export function hasToldLate(
  version: Version,
  stamp: SyncStamp | undefined,
): boolean {
  return Object.values(stamp?.older ?? {}).some((last) =>
    last !== null && compareVersions(version, versionOf(last)) === 0
  );
}
