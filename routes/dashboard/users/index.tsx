/** Users: search, filters, order, pages, and the way to take them along. */
import { page } from "fresh";
import { define } from "../../../lib/define.ts";
import type { KeysetPage } from "../../../lib/store/keyset_page.ts";
import {
  searchUsers,
  type UserQuery,
  type UserRow,
} from "../../../lib/store/user_search.ts";
import { EmptyState } from "../(_components)/EmptyState.tsx";
import { Choice, FilterForm, Switch } from "../(_components)/FilterForm.tsx";
import { PageHead } from "../(_components)/PageHead.tsx";
import { Pager } from "../(_components)/Pager.tsx";
import {
  readUserColumns,
  USER_COLUMNS,
  type UserColumnName,
} from "../(_components)/user_columns.tsx";
import { CHANGED, readUserQuery } from "../(_components)/user_query.ts";
import { UserTable } from "../(_components)/UserTable.tsx";

interface UsersData {
  readonly users: KeysetPage<UserRow>;
  readonly query: UserQuery;
  readonly total: number;
  readonly now: Date;
}

const ROWS = 50;

export const handler = define.handlers<UsersData>({
  async GET(ctx) {
    const { store, clock } = ctx.state.services;
    const { searchParams } = ctx.url;
    const now = clock.now();
    const query = readUserQuery(searchParams, now);
    const [users, total] = await Promise.all([
      searchUsers(store, query, {
        cursor: searchParams.get("after"),
        limit: ROWS,
      }),
      store.users.documents.estimatedDocumentCount(),
    ]);
    return page({ users, query, total, now });
  },
});

export default define.page<typeof handler>(
  function UsersPage({ data, url, state }) {
    const { users, query, total, now } = data;
    const columns = readUserColumns(url.searchParams);
    return (
      <>
        <PageHead
          title="Users"
          lead={`${total.toLocaleString("en")} in MongoDB`}
        >
          {users.rows.length > 0 && state.session?.role === "operator" && (
            <ExportLinks url={url} />
          )}
        </PageHead>
        <FilterForm url={url} searchLabel="Name, e-mail, user name or id">
          <Choice
            url={url}
            name="changed"
            label="Synced"
            options={{ "": "At any time", ...CHANGED }}
          />
          <Choice
            url={url}
            name="sort"
            label="Sort by"
            options={{
              "": "Last synced",
              created: "Newest",
              name: "Name",
              email: "E-mail",
            }}
          />
          <div class="switches">
            <Switch url={url} name="banned" label="Banned" />
            <Switch url={url} name="unverified" label="Unverified" />
            <Switch url={url} name="drifted" label="Differs from Clerk" />
            <ColumnChoice columns={columns} />
          </div>
        </FilterForm>
        {users.rows.length === 0
          ? <NoUsers total={total} path={url.pathname} />
          : <UserTable users={users.rows} columns={columns} now={now} />}
        {isCut(query) && !users.next && users.rows.length === ROWS && (
          <p class="muted">
            The first {ROWS} matches. Type more to narrow the search.
          </p>
        )}
        <Pager url={url} next={users.next} />
      </>
    );
  },
);

/** Lists without further pages. */
function isCut({ text, isDrifted }: UserQuery): boolean {
  return text !== "" || isDrifted;
}

interface ColumnChoiceProps {
  readonly columns: readonly UserColumnName[];
}

function ColumnChoice({ columns }: ColumnChoiceProps) {
  return (
    <details id="columns">
      <summary>Columns</summary>
      {Object.entries(USER_COLUMNS).map(([name, { label }]) => (
        <label key={name} class="switch">
          <input
            type="checkbox"
            name="column"
            value={name}
            checked={columns.some((column) =>
              column === name
            )}
          />
          {label}
        </label>
      ))}
    </details>
  );
}

function ExportLinks({ url }: { readonly url: URL }) {
  const link = (format: string) => {
    const query = new URLSearchParams(url.searchParams);
    query.delete("after");
    query.set("format", format);
    return `/dashboard/users/export?${query}`;
  };
  return (
    <>
      <a class="button quiet" href={link("csv")} download>Export CSV</a>
      <a class="button quiet" href={link("ndjson")} download>Export NDJSON</a>
    </>
  );
}

interface NoUsersProps {
  readonly total: number;
  readonly path: string;
}

function NoUsers({ total, path }: NoUsersProps) {
  if (total === 0) {
    return (
      <EmptyState title="No user is synced yet">
        The first webhook from Clerk changes that: the{" "}
        <a href="/dashboard">overview</a> says how. The{" "}
        <a href="/dashboard/drift">backfill</a>{" "}
        brings in the users that Clerk already has.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No user matches">
      Texts are matched from their beginning: try the first letters of a name,
      an address or an id, or <a href={path}>clear the filters</a>.
    </EmptyState>
  );
}
