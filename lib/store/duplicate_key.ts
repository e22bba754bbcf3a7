/**
 * Recognises MongoDB's error 11000 and the index that it names.
 *
 * @see https://www.mongodb.com/docs/manual/reference/error-codes/ DuplicateKey
 */

/** A unique key is taken. */
export const DUPLICATE_KEY = 11000;

/** What the driver throws of one write, or keeps of one among many. */
export interface WriteFault {
  readonly code?: number | string | undefined;
  /** In a bulk. */
  readonly errmsg?: string | undefined;
  /** Of a single write. */
  readonly message?: string | undefined;
}

/**
 * Whether a write failed because a unique key is taken.
 *
 * @param fault The write's error.
 * @param field The index's first field, such as `_id` or `username`.
 * @returns Whether it is error 11000 on that field's index.
 */
export function isDuplicateKey(
  { code, errmsg, message = "" }: WriteFault,
  field: string,
): boolean {
  return code === DUPLICATE_KEY &&
    new RegExp(`index: (\\S+\\$)?${field}_`).test(errmsg ?? message);
}
