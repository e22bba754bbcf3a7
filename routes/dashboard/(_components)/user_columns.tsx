/** The columns that the users' list can have, beside the name; which are shown is
 * in the address. */
import type { ComponentChildren } from "preact";
import type { UserRow } from "../../../lib/store/user_search.ts";
import { Instant } from "./Instant.tsx";

/** One column. */
export interface UserColumn {
  readonly label: string;
  /** CSS classes of its cells. */
  readonly cell: string;
  readonly show: (user: UserRow, now: Date) => ComponentChildren;
}

const NONE = <span class="muted">none</span>;

/** All columns, in the order in which they stand. */
export const USER_COLUMNS = {
  email: {
    label: "E-mail",
    cell: "breakable",
    show: ({ email }) => email ?? NONE,
  },
  username: {
    label: "User name",
    cell: "wide breakable",
    show: ({ username }) => username,
  },
  id: {
    label: "Id",
    cell: "wide breakable",
    show: ({ _id }) => <code>{_id}</code>,
  },
  phone: {
    label: "Phone",
    cell: "wide breakable",
    show: ({ phone }) => phone ?? NONE,
  },
  external: {
    label: "External id",
    cell: "wide breakable",
    show: ({ external_id }) => external_id ?? NONE,
  },
  created: {
    label: "Created",
    cell: "wide end",
    show: ({ clerk_created_at }, now) => (
      <Instant at={clerk_created_at} now={now} />
    ),
  },
  changed: {
    label: "Changed in Clerk",
    cell: "wide end",
    show: ({ clerk_updated_at }, now) => (
      <Instant at={clerk_updated_at} now={now} />
    ),
  },
  synced: {
    label: "Synced",
    cell: "end",
    show: ({ sync }, now) => <Instant at={sync.synced_at} now={now} />,
  },
} as const satisfies Readonly<Record<string, UserColumn>>;

/** Name of a column. */
export type UserColumnName = keyof typeof USER_COLUMNS;

const DEFAULT: readonly UserColumnName[] = [
  "email",
  "username",
  "created",
  "synced",
];

/**
 * Reads which columns are shown.
 *
 * @param params Of the address: one `column` each.
 * @returns The columns in their own order; the usual ones when none is named.
 */
export function readUserColumns(
  params: URLSearchParams,
): readonly UserColumnName[] {
  const wanted = new Set(params.getAll("column"));
  const names = Object.keys(USER_COLUMNS) as UserColumnName[];
  const chosen = names.filter((name) => wanted.has(name));
  return chosen.length === 0 ? DEFAULT : chosen;
}
