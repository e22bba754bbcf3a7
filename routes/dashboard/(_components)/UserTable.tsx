/** Users as rows: who, how to reach them, since when, last synced. */
import type { UserRow } from "../../../lib/store/user_search.ts";
import { Instant } from "./Instant.tsx";
import { userLink } from "./links.ts";

interface UserTableProps {
  readonly users: readonly UserRow[];
  readonly now: Date;
}

export function UserTable({ users, now }: UserTableProps) {
  return (
    <div class="table-frame">
      <table aria-label="Users">
        <thead>
          <tr>
            <th>User</th>
            <th>E-mail</th>
            <th>User name</th>
            <th class="end">Created</th>
            <th class="end">Synced</th>
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
              <td class="breakable">
                {user.email ?? <span class="muted">none</span>}
              </td>
              <td class="wide breakable">{user.username}</td>
              <td class="wide end">
                <Instant at={user.clerk_created_at} now={now} />
              </td>
              <td class="end">
                <Instant at={user.sync.synced_at} now={now} />
              </td>
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
