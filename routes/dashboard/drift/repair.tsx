/** Repair: the very writes that a repair would make, and the button that asks. */
import { type Context, HttpError, page } from "fresh";
import {
  type PreviewedRepair,
  previewRepair,
} from "../../../functions/preview_repair.ts";
import { define, type State } from "../../../lib/define.ts";
import { sendRequest } from "../../../lib/inngest/send_request.ts";
import {
  type DriftFilter,
  RECONCILE_REQUESTED,
} from "../../../lib/requests.ts";
import { countDrift, listDriftTargets } from "../../../lib/store/drift_page.ts";
import { readForm } from "../../(_forms)/read_form.ts";
import { requireOperator } from "../(_access)/require_operator.ts";
import {
  describeDriftFilter,
  readDriftFilter,
} from "../(_components)/drift_query.ts";
import { EmptyState } from "../(_components)/EmptyState.tsx";
import { PageHead } from "../(_components)/PageHead.tsx";
import { Subject } from "../(_components)/Subject.tsx";

interface RepairData {
  /** Null when objects were chosen one by one. */
  readonly filter: DriftFilter | null;
  readonly count: number;
  /** The first of them. */
  readonly previews: readonly PreviewedRepair[];
}

/** Objects that are previewed; Clerk is asked once for as many. */
const MAX_PREVIEWS = 50;
const MAX_CHOSEN = 100;
const MAX_COUNT = 10_000;
const MAX_WHY = 200;

export const handler = define.handlers<RepairData>({
  async GET(ctx) {
    requireOperator(ctx.state.session);
    return page(await readRepair(ctx));
  },
  async POST(ctx) {
    const { services, session } = ctx.state;
    const { name: who } = requireOperator(session);
    if (services.clerkApi === undefined) throw new HttpError(400);
    const form = await readForm(ctx.req);
    const why = String(form.get("why") ?? "").trim().slice(0, MAX_WHY) || null;
    const { ids, filter } = readTarget(ctx.url.searchParams);
    await sendRequest(services.inngest, {
      name: RECONCILE_REQUESTED,
      data: filter === null
        ? { user_ids: ids, who, why }
        : { filter, who, why },
    });
    return ctx.redirect("/dashboard/drift?asked=repair", 303);
  },
});

function readTarget(params: URLSearchParams) {
  const ids = params.getAll("id").slice(0, MAX_CHOSEN);
  const filter = params.has("all") ? readDriftFilter(params) : null;
  if (filter === null && ids.length === 0) throw new HttpError(400);
  return { ids, filter };
}

async function readRepair(ctx: Context<State>): Promise<RepairData> {
  const { services } = ctx.state;
  const { ids, filter } = readTarget(ctx.url.searchParams);
  const { hurriedClerkApi: clerkApi } = services;
  const preview = (targets: readonly string[]) =>
    previewRepair({ ...services, clerkApi }, targets);
  if (filter === null) {
    const previews = await preview(ids.slice(0, MAX_PREVIEWS));
    return { filter, count: ids.length, previews };
  }
  const [count, targets] = await Promise.all([
    countDrift(services.store, filter, MAX_COUNT),
    listDriftTargets(services.store, filter, null, MAX_PREVIEWS),
  ]);
  const previews = await preview(targets.map(({ id }) => id));
  return { filter, count, previews };
}

export default define.page<typeof handler>(
  function RepairPage({ data: { filter, count, previews } }) {
    const objects = count === 1
      ? "1 object"
      : `${count.toLocaleString("en")} objects`;
    const removed = previews.filter(({ preview }) => preview.kind === "remove");
    return (
      <>
        <p class="crumb">
          <a href="/dashboard/drift">Drift</a>
        </p>
        <PageHead
          title="Repair"
          lead={`Differences: ${
            filter === null ? "those chosen" : describeDriftFilter(filter)
          }`}
        />
        {count === 0
          ? (
            <EmptyState title="Nothing to repair">
              No open difference matches any more.
            </EmptyState>
          )
          : (
            <>
              <form method="post" class="order">
                <p>
                  <strong>{objects}</strong>{" "}
                  will be read from Clerk and written here, unless something
                  newer has arrived by then.
                  {removed.length > 0 && (
                    <>
                      {" "}
                      <strong class="error">
                        {removed.length}{" "}
                        of those below will be removed for good.
                      </strong>
                    </>
                  )}
                </p>
                <label>
                  <span class="small muted">
                    Why, for the audit log (not needed)
                  </span>
                  <input name="why" maxLength={MAX_WHY} autocomplete="off" />
                </label>
                <div class="actions">
                  <button type="submit">Repair {objects}</button>
                  <a href="/dashboard/drift">Cancel</a>
                </div>
              </form>
              <Previews previews={previews} count={count} />
            </>
          )}
      </>
    );
  },
);

type PreviewsProps = Pick<RepairData, "previews" | "count">;

function Previews({ previews, count }: PreviewsProps) {
  return (
    <section aria-labelledby="dry-run">
      <h2 id="dry-run">
        {previews.length < count
          ? `Dry run of the first ${previews.length}`
          : "Dry run"}
      </h2>
      <div class="table-frame">
        <table aria-labelledby="dry-run">
          <thead>
            <tr>
              <th>Object</th>
              <th>What is written</th>
              <th class="end">Write</th>
            </tr>
          </thead>
          <tbody>
            {previews.map((repair) => (
              <tr key={repair.target.id}>
                <td>
                  <Subject id={repair.target.id} />
                </td>
                <td class="breakable">
                  <Write preview={repair.preview} />
                </td>
                <td class="end">{repair.preview.kind}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The very operator and its values; metadata is masked as everywhere. */
function Write({ preview }: { readonly preview: PreviewedRepair["preview"] }) {
  switch (preview.kind) {
    case "insert":
      return <Operation value={{ insert: preview.document }} />;
    case "update":
      return <Operation value={{ $set: preview.set }} />;
    case "remove":
      return <Operation value={{ delete: preview.before }} />;
    case "nothing":
      return <span class="muted">{preview.reason}</span>;
    default:
      return preview satisfies never;
  }
}

function Operation({ value }: { readonly value: Record<string, object> }) {
  const text = JSON.stringify(
    value,
    (key, part) => /metadata$/.test(key) ? "•••" : part,
    1,
  );
  return <code>{text}</code>;
}
