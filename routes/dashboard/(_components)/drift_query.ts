/** The filters of the differences as they stand in the address bar. */
import { type DriftFilter, driftFilter } from "../../../lib/requests.ts";
import { toSearchText } from "../../../lib/store/prefix_search.ts";

const NAMES = ["collection", "kind", "field", "cause"] as const;

/**
 * Reads the filters; what cannot be read asks nothing.
 *
 * @param params Of the address.
 * @returns Which open differences.
 */
export function readDriftFilter(params: URLSearchParams): DriftFilter {
  const filter: Record<string, unknown> = {};
  for (const name of NAMES) {
    const value = toSearchText(params.get(name));
    const { success } = driftFilter.safeParse({ [name]: value });
    if (value !== "" && success) filter[name] = value;
  }
  return driftFilter.parse(filter);
}

/**
 * Says which differences are meant, for whoever confirms a repair.
 *
 * @param filter Which ones.
 * @returns A few words.
 */
export function describeDriftFilter(
  { collection, kind, field, cause }: DriftFilter,
): string {
  const parts = [
    kind && `of kind ${kind}`,
    field && `in the field ${field}`,
    collection && `of ${collection}`,
    cause && `with the cause ${cause}`,
  ].filter((part) => part);
  return parts.length === 0 ? "all that are open" : parts.join(", ");
}
