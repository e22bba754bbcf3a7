/** Webhook secrets by fingerprint: when each verified events, and whether it still may. */
import type { SecretUseDocument } from "../../../lib/store/secret_use.ts";
import { EmptyState } from "./EmptyState.tsx";
import { Fact } from "./Fact.tsx";
import { Instant } from "./Instant.tsx";

interface SecretFactsProps {
  readonly secrets: readonly SecretUseDocument[];
  readonly configured: readonly string[];
  readonly now: Date;
}

export function SecretFacts(
  { secrets, configured, now }: SecretFactsProps,
) {
  const seen = secrets.map(({ _id }) => _id);
  const unused = configured.filter((secret) => !seen.includes(secret));
  return (
    <section aria-labelledby="secrets">
      <h2 id="secrets">Webhook secrets</h2>
      {seen.length + unused.length === 0
        ? (
          <EmptyState title="No secret is configured">
            Set <code>CLERK_WEBHOOK_SIGNING_SECRET</code>{" "}
            to the secret of the endpoint in Clerk's dashboard.
          </EmptyState>
        )
        : (
          <dl class="facts">
            {unused.map((secret) => (
              <Fact key={secret} label={secret}>
                Has not verified an event yet
              </Fact>
            ))}
            {secrets.map((secret) => (
              <Fact key={secret._id} label={secret._id}>
                <SecretUse secret={secret} now={now} />
                {!configured.includes(secret._id) && (
                  <span class="below">no longer configured</span>
                )}
              </Fact>
            ))}
          </dl>
        )}
    </section>
  );
}

interface SecretUseProps {
  readonly secret: SecretUseDocument;
  readonly now: Date;
}

function SecretUse(
  { secret: { first_at, last_at, count }, now }: SecretUseProps,
) {
  return (
    <>
      Used <Instant at={last_at} now={now} />, by {count.toLocaleString("en")}
      {" "}
      events since <Instant at={first_at} now={now} />
    </>
  );
}
