/** Events: everything that arrived, live, by type, state, subject and time. */
import { page } from "fresh";
import { define } from "../../../lib/define.ts";
import { CLERK_PAYLOADS } from "../../../lib/events.ts";
import {
  type EventRow,
  searchEvents,
} from "../../../lib/store/event_search.ts";
import type { KeysetPage } from "../../../lib/store/keyset_page.ts";
import { EmptyState } from "../(_components)/EmptyState.tsx";
import { EVENT_STATES, readEventQuery } from "../(_components)/event_query.ts";
import { EventTable } from "../(_components)/EventTable.tsx";
import { Choice, FilterForm } from "../(_components)/FilterForm.tsx";
import { EventTabs } from "../(_components)/EventTabs.tsx";
import { replayLink } from "../(_components)/links.ts";
import { PageHead } from "../(_components)/PageHead.tsx";
import { Pager } from "../(_components)/Pager.tsx";

interface EventsData {
  readonly events: KeysetPage<EventRow>;
  readonly total: number;
  readonly now: Date;
}

const ROWS = 50;

export const handler = define.handlers<EventsData>({
  async GET(ctx) {
    const { store, clock } = ctx.state.services;
    const { searchParams } = ctx.url;
    const [events, total] = await Promise.all([
      searchEvents(store, readEventQuery(searchParams), {
        cursor: searchParams.get("after"),
        limit: ROWS,
      }),
      store.webhookEvents.documents.estimatedDocumentCount(),
    ]);
    return page({ events, total, now: clock.now() });
  },
});

export default define.page<typeof handler>(function EventsPage(
  { data, url, state },
) {
  const { events, total, now } = data;
  return (
    <>
      <PageHead
        title="Events"
        lead={`${total.toLocaleString("en")} on record, the newest first`}
      >
        {events.rows.length > 0 && state.session?.role === "operator" && (
          <a class="button quiet" href={replayLink(url.searchParams)}>
            Replay these…
          </a>
        )}
        <EventTabs isQuarantine={false} />
      </PageHead>
      <FilterForm url={url} searchLabel="Id of an event or of its subject">
        <label>
          <span class="small muted">Type</span>
          <input
            name="type"
            list="event-types"
            autocomplete="off"
            placeholder="any"
            value={url.searchParams.get("type") ?? ""}
          />
          <datalist id="event-types">
            {TYPES.map((type) => <option key={type} value={type} />)}
          </datalist>
        </label>
        <Choice
          url={url}
          name="state"
          label="State"
          options={{
            "": "any",
            ...Object.fromEntries(EVENT_STATES.map((state) => [state, state])),
          }}
        />
        <TimeField url={url} name="from" label="From (UTC)" />
        <TimeField url={url} name="to" label="To (UTC)" />
      </FilterForm>
      {events.rows.length === 0
        ? <NoEvents total={total} path={url.pathname} />
        : <EventTable events={events.rows} now={now} label="Events" />}
      <Pager url={url} next={events.next} />
    </>
  );
});

/** Those that change documents, and the ones that Clerk sends most besides. */
const TYPES = [
  ...Object.keys(CLERK_PAYLOADS),
  "session.created",
  "session.ended",
  "session.removed",
  "session.revoked",
  "email.created",
  "sms.created",
  "organizationInvitation.created",
  "organizationInvitation.accepted",
];

interface TimeFieldProps {
  readonly url: URL;
  readonly name: string;
  readonly label: string;
}

function TimeField({ url, name, label }: TimeFieldProps) {
  return (
    <label>
      <span class="small muted">{label}</span>
      <input
        type="datetime-local"
        name={name}
        value={url.searchParams.get(name) ?? ""}
      />
    </label>
  );
}

interface NoEventsProps {
  readonly total: number;
  readonly path: string;
}

function NoEvents({ total, path }: NoEventsProps) {
  if (total === 0) {
    return (
      <EmptyState title="No event has arrived yet">
        The <a href="/dashboard">overview</a> says what is left to do.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No event matches">
      Ids are matched from their beginning. Widen the time or{" "}
      <a href={path}>clear the filters</a>.
    </EmptyState>
  );
}
