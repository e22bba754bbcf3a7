/** The body of a form, within bounds: forms here are a few short fields. */
import { HttpError } from "fresh";

const MAX_FORM_BYTES = 16 * 1024;

/**
 * Reads a form.
 *
 * @param request A POST of one of our pages.
 * @returns The fields.
 * @throws {HttpError} 413 when it is larger than any of ours or of unknown
 * length, 400 when it is no form.
 */
export async function readForm(request: Request): Promise<FormData> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > MAX_FORM_BYTES) {
    throw new HttpError(413, "The form is too large");
  }
  try {
    return await readBounded(request).formData();
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new HttpError(400, "The body is no form", { cause });
  }
}

/** The same body, that fails once it is larger than it may be. */
function readBounded(request: Request): Response {
  let seenBytes = 0;
  const limit = new TransformStream<
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>
  >({
    transform(chunk, controller) {
      seenBytes += chunk.byteLength;
      if (seenBytes <= MAX_FORM_BYTES) controller.enqueue(chunk);
      else controller.error(new HttpError(413, "The form is too large"));
    },
  });
  return new Response(request.body?.pipeThrough(limit) ?? null, {
    headers: { "content-type": request.headers.get("content-type") ?? "" },
  });
}
