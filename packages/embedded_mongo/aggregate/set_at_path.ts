/** Sets a value at a dotted path as $addFields does, without changing the input. */

import {
  type Document,
  getField,
  isDocument,
  setField,
} from "../bson/document.ts";

/**
 * Sets a value, in every element where an array lies on the way.
 *
 * @param document The document; shared, so copied along the path.
 * @param parts The path, split at its dots.
 * @param value The value; undefined removes the field.
 * @returns The new document.
 */
export function setAtPath(
  document: Document,
  parts: readonly string[],
  value: unknown,
): Document {
  const [part = "", ...rest] = parts;
  const copy = { ...document };
  const next = rest.length === 0
    ? value
    : setBelow(getField(copy, part), rest, value);
  if (next === undefined) delete copy[part];
  else setField(copy, part, next);
  return copy;
}

/** A scalar on the way gives place to a document. */
function setBelow(
  child: unknown,
  parts: readonly string[],
  value: unknown,
): unknown {
  if (Array.isArray(child)) {
    return child.map((item) => setBelow(item, parts, value));
  }
  return setAtPath(isDocument(child) ? child : {}, parts, value);
}
