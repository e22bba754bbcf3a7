/** Drift: whether Clerk and MongoDB have the same users. */
import { type Context, HttpError, page } from "fresh";
import { define, type State } from "../../lib/define.ts";
import { EmptyState } from "./(_components)/EmptyState.tsx";
import { PageHead } from "./(_components)/PageHead.tsx";

/** How many users each side has; asked for by a button, since Clerk is far. */
interface Counts {
  readonly clerk: number;
  readonly mongodb: number;
}

interface DriftData {
  readonly hasClerk: boolean;
  readonly counts: Counts | null;
  readonly failure: string | null;
}

/** Clerk answers sooner or not at all, ms. */
const CLERK_TIMEOUT_MS = 10_000;

export const handler = define.handlers<DriftData>({
  GET: (ctx) => page(describe(ctx, null, null)),
  async POST(ctx) {
    const { store, clerkApi } = ctx.state.services;
    if (clerkApi === undefined) throw new HttpError(400);
    try {
      const signal = AbortSignal.timeout(CLERK_TIMEOUT_MS);
      const [clerk, mongodb] = await Promise.all([
        clerkApi.countUsers({ signal }),
        store.users.documents.estimatedDocumentCount(),
      ]);
      return page(describe(ctx, { clerk, mongodb }, null));
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      return page(describe(ctx, null, failure), { status: 502 });
    }
  },
});

export default define.page<typeof handler>(function DriftPage({ data }) {
  const { hasClerk, counts, failure } = data;
  return (
    <>
      <PageHead
        title="Drift"
        lead="Whether Clerk and MongoDB have the same users"
      >
        {hasClerk && (
          <form method="post">
            <button type="submit">Compare counts</button>
          </form>
        )}
      </PageHead>
      {failure !== null && <Failure text={failure} />}
      {counts !== null && <Comparison counts={counts} />}
      {failure === null && counts === null && (
        <EmptyState
          title={hasClerk ? "Nothing compared yet" : "Clerk cannot be asked"}
        >
          {hasClerk
            ? "Comparing counts asks Clerk once how many users it has."
            : (
              <>
                Set{" "}
                <code>CLERK_SECRET_KEY</code>, from API keys in Clerk's
                dashboard, and restart.
              </>
            )}
        </EmptyState>
      )}
    </>
  );
});

function describe(
  ctx: Context<State>,
  counts: Counts | null,
  failure: string | null,
): DriftData {
  return {
    hasClerk: ctx.state.services.clerkApi !== undefined,
    counts,
    failure,
  };
}

function Failure({ text }: { readonly text: string }) {
  return (
    <section class="banner banner-bad" role="alert" data-answer>
      <div>
        <p class="banner-title">Clerk was not to be asked</p>
        <p>{text}</p>
      </div>
    </section>
  );
}

function Comparison({ counts: { clerk, mongodb } }: {
  readonly counts: Counts;
}) {
  const difference = clerk - mongodb;
  return (
    <>
      <section
        class={`banner banner-${difference === 0 ? "good" : "warn"}`}
        aria-label="Comparison"
        data-answer
      >
        <div>
          <p class="banner-title">
            {difference === 0 ? "The counts agree" : "The counts differ"}
          </p>
          <p>{explain(difference)}</p>
        </div>
      </section>
      <dl class="figures">
        <div class="figure">
          <dt>Users in Clerk</dt>
          <dd>{clerk.toLocaleString("en")}</dd>
        </div>
        <div class="figure">
          <dt>Users in MongoDB</dt>
          <dd>{mongodb.toLocaleString("en")}</dd>
        </div>
      </dl>
    </>
  );
}

function explain(difference: number): string {
  if (difference === 0) return "Single users may still differ in their fields.";
  const count = Math.abs(difference).toLocaleString("en");
  return difference > 0
    ? `MongoDB lacks ${count}. A few may be webhooks on their way.`
    : `MongoDB has ${count} that Clerk does not count.`;
}
