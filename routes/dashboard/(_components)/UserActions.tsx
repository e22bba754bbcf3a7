/** What an operator can do with one user. */
import { Confirm } from "./Confirm.tsx";
import { replayLink } from "./links.ts";

interface UserActionsProps {
  readonly id: string;
  /** Whether Clerk can be asked. */
  readonly hasClerk: boolean;
}

export function UserActions({ id, hasClerk }: UserActionsProps) {
  return (
    <>
      {hasClerk && (
        <form method="post">
          <input type="hidden" name="action" value="sync" />
          <button type="submit" class="quiet">Sync again from Clerk</button>
        </form>
      )}
      <a class="button quiet" href={replayLink({ user: id })}>Replay…</a>
      <Confirm
        id="erase"
        ask="Erase…"
        action="erase"
        confirm="Erase this user for good"
      >
        <p>
          The document, payloads of events, values of writes, differences and
          refused webhooks about this user go, and cannot come back. That there
          were events stays, without what they said. Delete the user in Clerk
          first: one that Clerk still has is refused.
        </p>
        <label>
          <span class="small muted">
            Type <code>{id}</code> to confirm
          </span>
          <input
            name="typed"
            required
            autocomplete="off"
            spellcheck={false}
            pattern={id.replace(/[^\w]/g, "\\$&")}
          />
        </label>
      </Confirm>
    </>
  );
}
