/** Users as rows: who, how to reach them, when last synced. */
import type { Overview } from "../../../lib/store/overview.ts";
import { Instant } from "./Instant.tsx";

interface UserTableProps {
  readonly users: Overview["newestUsers"];
  readonly now: Date;
}

export function UserTable({ users, now }: UserTableProps) {
  if (users.length === 0) {
    return (
      <p class="empty">
        No user is synced yet. The first webhook from Clerk, or{" "}
        <code>deno task demo</code>, changes that.
      </p>
    );
  }
  return (
    <table>
      <thead>
        <tr>
          <th>User</th>
          <th>E-mail</th>
          <th>Id</th>
          <th>Synced</th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr key={user._id}>
            <td>
              {user.full_name ?? user.username}
              {user.banned && <span class="badge badge-failed">banned</span>}
            </td>
            <td>{user.email ?? <span class="muted">none</span>}</td>
            <td>
              <code>{user._id}</code>
            </td>
            <td>
              <Instant at={user.sync.synced_at} now={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
