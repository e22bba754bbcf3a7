/**
 * The body of a webhook as Clerk writes it: the envelope around a resource, and
 * Clerk's way of writing JSON.
 *
 * It neither signs nor sends; whoever does must sign the very text that
 * {@linkcode encodeClerkJson} gives.
 */

/** Clerk's envelope around one change. */
export interface ClerkWebhook {
  readonly data: object;
  readonly object: "event";
  /** For example `user.updated`. */
  readonly type: string;
  /** When Clerk made the event, Unix ms. */
  readonly timestamp: number;
  readonly instance_id: string;
  readonly event_attributes: {
    readonly http_request: {
      readonly client_ip: string;
      readonly user_agent: string;
    };
  };
}

/** The answer to a deletion, and the `data` of its webhook. */
export interface ClerkDeletedObject {
  readonly object: string;
  readonly id: string;
  readonly deleted: true;
  readonly external_id?: string;
  readonly slug?: string;
}

const ESCAPES: Record<string, string> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/**
 * Writes JSON as Go's encoder does, which Clerk's back end uses: `<`, `>`, `&`
 * and two line separators are escaped, so parsing and stringifying a body again
 * changes its bytes.
 *
 * @param value Anything JSON can carry.
 * @returns The text.
 */
export function encodeClerkJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => ESCAPES[character] ?? character,
  );
}
