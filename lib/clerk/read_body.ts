/**
 * Step ① of the path: a request's body as text, never more than a limit.
 *
 * The signature covers the bytes as they were sent, so nothing is normalised: a
 * byte-order mark stays. Bytes that are not UTF-8 become U+FFFD, which no
 * signature of the sender fits.
 */

/** The body, or that it is too large. */
export type BodyText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "too-large" };

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a body.
 *
 * @param request The request; its body must not have been read.
 * @param maxBytes The most bytes that are read.
 * @returns The text, or that there are more bytes than that.
 * @throws {Error} when the connection breaks.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<BodyText> {
  const declared = request.headers.get("content-length");
  if (declared !== null && /^\d+$/.test(declared)) {
    if (Number(declared) > maxBytes) return { kind: "too-large" };
    // The HTTP server sees to it that no more comes than was declared.
    return toText(await request.arrayBuffer(), maxBytes);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return { kind: "too-large" };
    chunks.push(chunk);
  }
  return toText(
    await new Blob(chunks as BlobPart[]).arrayBuffer(),
    maxBytes,
  );
}

function toText(bytes: ArrayBuffer, maxBytes: number): BodyText {
  return bytes.byteLength > maxBytes
    ? { kind: "too-large" }
    : { kind: "text", text: decoder.decode(bytes) };
}
