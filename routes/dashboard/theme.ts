/** Choosing the colour scheme. */
import { safePath } from "../../lib/auth/safe_path.ts";
import { keepTheme, toTheme } from "../../lib/auth/theme.ts";
import { define } from "../../lib/define.ts";

export const handler = define.handlers({
  async POST(ctx) {
    const form = await ctx.req.formData();
    return new Response(null, {
      status: 303,
      headers: {
        location: safePath(form.get("next")),
        "set-cookie": keepTheme(toTheme(form.get("theme"))),
      },
    });
  },
});
