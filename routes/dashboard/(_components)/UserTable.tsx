/** Users as rows: who, and the columns that somebody chose. */
import type { UserRow } from "../../../lib/store/user_search.ts";
import { userLink } from "./links.ts";
import { USER_COLUMNS, type UserColumnName } from "./user_columns.tsx";

interface UserTableProps {
  readonly users: readonly UserRow[];
  readonly columns: readonly UserColumnName[];
  readonly now: Date;
}

export function UserTable({ users, columns, now }: UserTableProps) {
  return (
    <div class="table-frame">
      <table aria-label="Users">
        <thead>
          <tr>
            <th>User</th>
            {columns.map((name) => (
              <th key={name} class={USER_COLUMNS[name].cell}>
                {USER_COLUMNS[name].label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user._id} data-row>
              <td>
                <a href={userLink(user._id)}>
                  {user.full_name ?? user.username}
                </a>{" "}
                <UserMarks user={user} />
              </td>
              {columns.map((name) => (
                <td key={name} class={USER_COLUMNS[name].cell}>
                  {USER_COLUMNS[name].show(user, now)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface UserMarksProps {
  readonly user: Pick<
    UserRow,
    "banned" | "locked" | "email" | "email_verified"
  >;
}

/** What sets a user apart from most. */
export function UserMarks({ user }: UserMarksProps) {
  return (
    <>
      {user.banned && <span class="badge badge-failed">banned</span>}
      {user.locked && <span class="badge badge-discarded">locked</span>}
      {user.email !== null && user.email_verified === false && (
        <span class="badge badge-discarded">unverified</span>
      )}
    </>
  );
}
