/** A choice of how pages look, posted by a form and kept in a cookie. */
import { safePath } from "../../lib/auth/safe_path.ts";
import { readForm } from "./read_form.ts";

/**
 * Keeps a choice and leads back to where it was made.
 *
 * @param request The posted form; its field `next` is the way back.
 * @param toCookie Makes the Set-Cookie header of the form's other fields.
 * @returns The redirect.
 * @throws {HttpError} when the form cannot be read.
 */
export async function answerChoice(
  request: Request,
  toCookie: (form: FormData) => string,
): Promise<Response> {
  const form = await readForm(request);
  return new Response(null, {
    status: 303,
    headers: {
      location: safePath(form.get("next")),
      "set-cookie": toCookie(form),
    },
  });
}
