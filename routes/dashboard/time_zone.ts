/** Choosing the time zone. */
import { keepTimeZone, toTimeZone } from "../../lib/auth/time_zone.ts";
import { define } from "../../lib/define.ts";
import { answerChoice } from "../(_forms)/answer_choice.ts";

export const handler = define.handlers({
  POST: (ctx) =>
    answerChoice(
      ctx.req,
      (form) => keepTimeZone(toTimeZone(form.get("zone"))),
    ),
});
