/**
 * The difference between "absent" and "null" in a payload: absent means
 * unchanged and must not reach the write, null means cleared and must.
 */

/** The same fields, each optional but never undefined. */
export type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/**
 * Keeps the fields that a payload names.
 *
 * @param fields Values by name; undefined stands for an absent key.
 * @returns A copy without the absent ones.
 */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
