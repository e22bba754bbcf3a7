/** The users that the list's filters find, all of them, as a file for operators. */
import { define } from "../../../lib/define.ts";
import { streamUsers } from "../../../lib/store/user_search.ts";
import { requireOperator } from "../(_access)/require_operator.ts";
import { exportUsers } from "../(_components)/export_users.ts";
import { readUserQuery } from "../(_components)/user_query.ts";

const MEDIA_TYPES = {
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson",
};

export const handler = define.handlers({
  async GET(ctx) {
    const { store, clock } = ctx.state.services;
    // NDJSON holds metadata, which only operators may see unmasked.
    const session = requireOperator(ctx.state.session);
    const { searchParams } = ctx.url;
    const format = searchParams.get("format") === "ndjson" ? "ndjson" : "csv";
    const now = clock.now();
    const query = readUserQuery(searchParams, now);
    await store.auditLog.record({
      who: session.name,
      action: "export-users",
      subject: null,
    }, clock);
    const name = `users-${now.toISOString().slice(0, 10)}.${format}`;
    return new Response(exportUsers(streamUsers(store, query), format), {
      headers: {
        "content-type": MEDIA_TYPES[format],
        "content-disposition": `attachment; filename="${name}"`,
      },
    });
  },
});
