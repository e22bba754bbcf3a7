/** Replay: how many events would be sent again, how, how fast, and the button. */
import { HttpError, page } from "fresh";
import { define } from "../../lib/define.ts";
import { sendRequest } from "../../lib/inngest/send_request.ts";
import { REPLAY_REQUESTED, replayOrder } from "../../lib/requests.ts";
import {
  readReplayScope,
  type ReplayScope,
  type ReplayTarget,
} from "../../lib/store/replay_target.ts";
import { readForm } from "../(_forms)/read_form.ts";
import { requireOperator } from "./(_access)/require_operator.ts";
import { EmptyState } from "./(_components)/EmptyState.tsx";
import { Option, OptionSet } from "./(_components)/OptionSet.tsx";
import { PageHead } from "./(_components)/PageHead.tsx";
import {
  describeTarget,
  readReplayTarget,
} from "./(_components)/replay_query.ts";

interface ReplayData {
  readonly target: ReplayTarget;
  readonly scope: ReplayScope;
  /** Later arrivals are left out. */
  readonly until: Date;
}

/** Events a second that can be chosen; the second is the default. */
const RATES = [10, 100, 1_000];

export const handler = define.handlers<ReplayData>({
  async GET(ctx) {
    requireOperator(ctx.state.session);
    const { store, clock } = ctx.state.services;
    const target = readReplayTarget(ctx.url.searchParams);
    const until = clock.now();
    const scope = await readReplayScope(store, target, until);
    return page({ target, scope, until });
  },
  async POST(ctx) {
    const { inngest, store, clock } = ctx.state.services;
    const { name: who } = requireOperator(ctx.state.session);
    const target = readReplayTarget(ctx.url.searchParams);
    const form = await readForm(ctx.req);
    const until = new Date(Number(form.get("until")));
    if (Number.isNaN(until.getTime())) throw new HttpError(400);
    const { selection } = await readReplayScope(store, target, until);
    const order = replayOrder.safeParse({
      ...selection,
      mode: form.get("mode"),
      perSecond: Number(form.get("rate")),
      actor: who,
    });
    if (!order.success) throw new HttpError(400);
    const id = crypto.randomUUID();
    await store.auditLog.record(
      { who, action: `replay-events-${order.data.mode}`, subject: id },
      clock,
    );
    await sendRequest(inngest, {
      id,
      name: REPLAY_REQUESTED,
      data: order.data,
    });
    return ctx.redirect(`/dashboard/jobs?asked=${id}`, 303);
  },
});

export default define.page<typeof handler>(
  function ReplayPage({ data: { target, scope, until } }) {
    const count = scope.count.toLocaleString("en");
    const events = scope.count === 1 ? "1 event" : `${count} events`;
    return (
      <>
        <p class="crumb">
          <a href="/dashboard/events">Events</a>
        </p>
        <PageHead title="Replay" lead={`Events: ${describeTarget(target)}`} />
        {scope.count === 0
          ? (
            <EmptyState title="No event to replay">
              Nothing on record matches any more.{" "}
              <a href="/dashboard/events">Look at the events</a>.
            </EmptyState>
          )
          : (
            <form method="post" class="order">
              <input type="hidden" name="until" value={until.getTime()} />
              <p>
                <strong>{events}</strong> will be sent to the functions again
                {scope.isCut && ", the newest: there may be more"}. They go
                through the same guard as at first: nothing old overwrites what
                is newer.
              </p>
              <ModeChoice />
              <OptionSet legend="At most">
                {RATES.map((rate) => (
                  <Option
                    key={rate}
                    name="rate"
                    value={String(rate)}
                    isChosen={rate === 100}
                    title={`${rate.toLocaleString("en")} a second`}
                  />
                ))}
              </OptionSet>
              <div class="actions">
                <button type="submit">Replay {events}</button>
                <a href="/dashboard/events">Cancel</a>
              </div>
            </form>
          )}
      </>
    );
  },
);

function ModeChoice() {
  return (
    <OptionSet legend="What runs">
      <Option
        name="mode"
        value="data"
        isChosen
        title="The data alone"
        detail="Users, organizations and memberships are written again"
      />
      <Option
        name="mode"
        value="full"
        title="Data and automations"
        detail="What follows from an event runs too; the ledger lets nobody be mailed or billed twice"
      />
    </OptionSet>
  );
}
