/**
 * Tells the media type of a static file by its name.
 */
import { getMimeType } from "hono/utils/mime";

/**
 * Looks up the media type.
 *
 * @param path Path of the file.
 * @returns The type with charset; plain text for unknown names.
 */
export function readMediaType(path: string): string {
  return getMimeType(path) ?? "text/plain; charset=utf-8";
}
