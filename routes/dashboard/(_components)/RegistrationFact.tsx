/** Whether Inngest knows the functions that we serve, and what to do if not. */
import { Fact } from "./Fact.tsx";

interface RegistrationFactProps {
  /** Ids of those that it does not know; null when it does not tell. */
  readonly unregistered: readonly string[] | null;
  /** How many we serve. */
  readonly total: number;
  /** Where Inngest reaches them. */
  readonly address: string;
}

export function RegistrationFact(
  { unregistered, total, address }: RegistrationFactProps,
) {
  return (
    <Fact label="Functions">
      {unregistered === null
        ? <span class="muted">Inngest does not tell</span>
        : unregistered.length === 0
        ? `all ${total} are known to Inngest`
        : (
          <>
            <span class="badge badge-failed">
              {unregistered.length} of {total} unknown to Inngest
            </span>{" "}
            Sync the app at <code>{address}</code>{" "}
            in Inngest's dashboard. Missing: {unregistered.join(", ")}
          </>
        )}
    </Fact>
  );
}
