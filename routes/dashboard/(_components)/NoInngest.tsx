/** Instead of what only Inngest knows, while it cannot be asked. */
import type { InngestApiError } from "../../../lib/inngest/inngest_api.ts";

interface NoInngestProps {
  readonly error: InngestApiError;
}

export function NoInngest({ error }: NoInngestProps) {
  return (
    <section class="banner banner-warn" aria-label="Inngest">
      <div>
        <p class="banner-title">Runs cannot be shown now</p>
        <p>
          {error.message}. Events and failures are in MongoDB and still shown.
        </p>
      </div>
      <a href="/dashboard/system">Look at the system</a>
    </section>
  );
}
