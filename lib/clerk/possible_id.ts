/**
 * What Clerk could have named something, for whoever has an id from elsewhere.
 *
 * An id goes into a path of Clerk's API, or into a list where a leading sign
 * means include or exclude. It says nothing of whether Clerk has such an object.
 */

/**
 * Tells whether an id could be one of Clerk's.
 *
 * @param id From a document, a form or a payload.
 * @returns False for what Clerk never issues: there is no need to ask.
 */
export function isPossibleId(id: string): boolean {
  return /^\w[\w-]*$/.test(id) && id !== "count";
}
