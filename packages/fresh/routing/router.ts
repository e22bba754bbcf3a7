/**
 * Finds what is registered for a method and a URL.
 *
 * Patterns are those of `URLPattern`, as in Fresh: paths without any special
 * character are looked up in a map, others are tried in the order in which they
 * were added. The first pattern that fits decides, even if not for the method.
 */

/** The methods that can be routed. */
export type Method =
  | "HEAD"
  | "GET"
  | "POST"
  | "PATCH"
  | "PUT"
  | "DELETE"
  | "OPTIONS";

/** All of them, for handlers that take any. */
export const ALL_METHODS: readonly Method[] = [
  "GET",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
];

/** What was found. */
export interface RouteMatch<T> {
  /** The pattern that fits the path, or null. */
  readonly pattern: string | null;
  /** What is registered on it for the method, or null. */
  readonly item: T | null;
  /** Values of the pattern's groups; empty unless an item was found. */
  readonly params: Record<string, string>;
}

interface Entry<T> {
  readonly pathname: string;
  /** Null for a path without special characters. */
  readonly pattern: URLPattern | null;
  readonly items: Map<string, T>;
}

const SPECIAL_CHARACTERS = /[*:{}+?()]/;

/** A table of patterns and methods. */
export class Router<T> {
  readonly #entries = new Map<string, Entry<T>>();
  /** Those entries that have a pattern, in the order of their addition. */
  readonly #patterns: Entry<T>[] = [];

  /**
   * Registers an item; the first one for a method and a pattern stays.
   *
   * @param method The method.
   * @param pathname A path or a `URLPattern` for it.
   * @param item What a match gives.
   */
  add(method: Method, pathname: string, item: T): void {
    const { items } = this.#entries.get(pathname) ??
      this.#createEntry(pathname);
    if (!items.has(method)) items.set(method, item);
  }

  /**
   * Finds the item for a request.
   *
   * @param method The request's method, upper case.
   * @param url The request's URL.
   * @returns Pattern, item and parameters, as far as there are any.
   * @throws {URIError} when a parameter is not properly percent-encoded.
   */
  match(method: string, url: URL): RouteMatch<T> {
    const fixed = this.#findFixed(url.pathname);
    if (fixed !== undefined) {
      const item = pickItem(fixed, method);
      return { pattern: fixed.pathname, item, params: createParams() };
    }
    for (const entry of this.#patterns) {
      const found = entry.pattern?.exec(url);
      if (!found) continue;
      const item = pickItem(entry, method);
      const params = item === null
        ? createParams()
        : readParams(found.pathname.groups);
      return { pattern: entry.pattern?.pathname ?? null, item, params };
    }
    return { pattern: null, item: null, params: createParams() };
  }

  /**
   * Lists the methods of a pattern, for an `Allow` header.
   *
   * @param pathname The pattern as it was registered.
   * @returns The methods in the order of their addition.
   */
  listMethods(pathname: string): string[] {
    return [...this.#entries.get(pathname)?.items.keys() ?? []];
  }

  #createEntry(pathname: string): Entry<T> {
    const isPattern = SPECIAL_CHARACTERS.test(pathname);
    const pattern = isPattern ? new URLPattern({ pathname }) : null;
    const entry = { pathname, pattern, items: new Map<string, T>() };
    this.#entries.set(pathname, entry);
    if (isPattern) this.#patterns.push(entry);
    return entry;
  }

  /** A slash at the end is neither here nor there. */
  #findFixed(pathname: string): Entry<T> | undefined {
    const alternative = pathname.endsWith("/")
      ? pathname.slice(0, -1)
      : `${pathname}/`;
    const found = this.#entries.get(pathname) ??
      (pathname === "/" ? undefined : this.#entries.get(alternative));
    return found?.pattern === null ? found : undefined;
  }
}

function pickItem<T>({ items }: Entry<T>, method: string): T | null {
  const item = items.get(method);
  if (item !== undefined) return item;
  return method === "HEAD" ? items.get("GET") ?? null : null;
}

function createParams(): Record<string, string> {
  return Object.create(null);
}

/** `%2F` stays what it is: a slash in a parameter would not be the same path. */
function readParams(
  groups: Record<string, string | undefined>,
): Record<string, string> {
  const params = createParams();
  for (const [name, value] of Object.entries(groups)) {
    params[name] = value === undefined ? "" : decodeURI(value);
  }
  return params;
}
