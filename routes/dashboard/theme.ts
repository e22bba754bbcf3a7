/** Choosing the colour scheme. */
import { safePath } from "../../lib/auth/safe_path.ts";
import { keepTheme, toTheme } from "../../lib/auth/theme.ts";
import { define } from "../../lib/define.ts";
import { readForm } from "../(_forms)/read_form.ts";

export const handler = define.handlers({
  async POST(ctx) {
    const form = await readForm(ctx.req);
    return new Response(null, {
      status: 303,
      headers: {
        location: safePath(form.get("next")),
        "set-cookie": keepTheme(toTheme(form.get("theme"))),
      },
    });
  },
});
