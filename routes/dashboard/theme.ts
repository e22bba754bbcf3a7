/** Choosing the colour scheme. */
import { keepTheme, toTheme } from "../../lib/auth/theme.ts";
import { define } from "../../lib/define.ts";
import { answerChoice } from "../(_forms)/answer_choice.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    answerChoice(ctx.req, (form) => keepTheme(toTheme(form.get("theme")))),
});
