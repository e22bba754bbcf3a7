/**
 * Hides what a payload says of a person and keeps what explains a sync: ids,
 * types, states, numbers and times. Text that is not known to be harmless is
 * hidden, so a field that Clerk adds tomorrow is hidden too.
 */

/** Keys whose text describes the object and not the person. */
const PLAIN_KEY =
  /^(id|.+_id|object|type|status|strategy|state|role|instance_type|provider|slug_type)$/;

/** Ids are short and of one word; anything else under such a key is hidden. */
const PLAIN_TEXT = /^[\w.:-]{1,64}$/;

const MASK = "•••••";

/**
 * Masks a value.
 *
 * @param value Any JSON value; not changed.
 * @param key The key that it stands under, if any.
 * @returns The same shape with texts hidden.
 */
export function maskPayload(value: unknown, key = ""): unknown {
  if (typeof value === "string") {
    if (value === "") return value;
    const isPlain = PLAIN_KEY.test(key) && key !== "external_id" &&
      PLAIN_TEXT.test(value);
    return isPlain ? value : MASK;
  }
  if (Array.isArray(value)) return value.map((item) => maskPayload(item, key));
  if (value instanceof Date || value === null || typeof value !== "object") {
    return value;
  }
  const isOpen = /metadata$/.test(key);
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) =>
      isOpen ? [name, maskDeeply(child)] : [name, maskPayload(child, name)]
    ),
  );
}

/** Metadata is the application's: nothing in it is known to be harmless. */
function maskDeeply(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskDeeply);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value !== "object") return MASK;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, maskDeeply(child)]),
  );
}
