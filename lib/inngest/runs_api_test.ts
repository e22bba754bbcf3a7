import { assertEquals, assertRejects } from "@std/assert";
import {
  createAskInngest,
  InngestApiError,
  type InngestCall,
} from "./inngest_api.ts";
import { createRunsApi } from "./runs_api.ts";

const AT = "2026-11-26T01:00:00.000Z";

const RUN = {
  id: "01RUN",
  function: { id: "sync-user", name: "Sync user" },
  app: { id: "rollcall" },
  status: "FUNCTION_RUN_STATUS_FAILED",
  queuedAt: AT,
  startedAt: AT,
  trigger: { eventIds: ["01EVENT"], isBatch: false },
};

/** Answers by path; 404 for the rest. */
function createFake(answers: Readonly<Record<string, unknown>>) {
  const calls: InngestCall[] = [];
  const api = createRunsApi((call) => {
    calls.push(call);
    return Promise.resolve(answers[`${call.version}${call.path}`] ?? null);
  });
  return { api, calls };
}

Deno.test("list() asks for a function beside its app, and follows the cursor", async () => {
  const { api, calls } = createFake({
    "v2/runs": { data: [RUN], page: { cursor: "01RUN", hasMore: true } },
  });
  const { rows, next } = await api.list({
    functionId: "sync-user",
    state: "failed",
    cursor: "01OLD",
    limit: 50,
  });
  assertEquals(calls[0]?.query, {
    appId: "rollcall",
    limit: "50",
    functionId: "sync-user",
    status: "FAILED",
    cursor: "01OLD",
  });
  assertEquals([rows[0]?.state, rows[0]?.endedAt, next], [
    "failed",
    null,
    "01RUN",
  ]);
});

Deno.test("list() has no next page after the last", async () => {
  const { api } = createFake({
    "v2/runs": { data: [RUN], page: { cursor: "01RUN", hasMore: false } },
  });
  const query = { functionId: null, state: null, cursor: null, limit: 50 };
  assertEquals((await api.list(query)).next, null);
});

Deno.test("read() takes steps from the trace where the run does not list them", async () => {
  const { api } = createFake({
    "v2/runs/01RUN": { data: RUN },
    "v1/runs/01RUN": { data: { run_id: "01RUN" } },
    "v2/runs/01RUN/trace": {
      data: {
        rootSpan: {
          children: [{
            id: "span",
            name: "write-users",
            status: "TRACE_SPAN_STATUS_COMPLETED",
            stepOp: "RUN",
            queuedAt: AT,
            endedAt: "2026-11-26T01:00:02.000Z",
            children: [{
              id: "attempt",
              name: "Attempt 0",
              status: "FAILED",
              queuedAt: AT,
              endedAt: "2026-11-26T01:00:01.000Z",
            }],
          }],
        },
      },
    },
    "v1/events/01EVENT": {
      data: {
        id: "msg_1",
        name: "clerk/user.created",
        data: { id: "user_1", _webhook: { id: "msg_1" } },
      },
    },
  });
  const detail = await api.read("01RUN");
  const [step] = detail?.steps ?? [];
  assertEquals([step?.name, step?.state, step?.failedAttempts.length], [
    "write-users",
    "completed",
    1,
  ]);
  assertEquals(detail?.event, {
    name: "clerk/user.created",
    recordId: "msg_1",
    subject: "user_1",
  });
});

Deno.test("read() answers null for a run that Inngest has forgotten", async () => {
  assertEquals(await createFake({}).api.read("01GONE"), null);
});

Deno.test("list() rejects with InngestApiError when the answer has another shape", async () => {
  const { api } = createFake({ "v2/runs": { data: [{ id: 1 }], page: {} } });
  const query = { functionId: null, state: null, cursor: null, limit: 50 };
  await assertRejects(() => api.list(query), InngestApiError, "another shape");
});

Deno.test("createAskInngest() finds the API of Cloud and of a server, and shows the key's hash", async () => {
  const asked: string[] = [];
  const connection = {
    eventKey: undefined,
    signingKey: "signkey-prod-00ff",
    signingKeyFallback: undefined,
    isDev: false,
    fetch: (url: URL | RequestInfo, init?: RequestInit) => {
      const bearer = new Headers(init?.headers).get("authorization");
      asked.push(`${url} ${bearer?.slice(0, 20)}`);
      return Promise.resolve(Response.json({}));
    },
  };
  const call = { version: "v2", path: "/runs" } as const;
  await createAskInngest({ ...connection, baseUrl: undefined })(call);
  await createAskInngest({ ...connection, baseUrl: "http://own" })(call);
  assertEquals(asked, [
    "https://api.inngest.com/v2/runs Bearer signkey-prod-",
    "http://own/api/v2/runs Bearer signkey-prod-",
  ]);
});

Deno.test("createAskInngest() rejects with InngestApiError unless the answer is good or 404", async () => {
  let status = 404;
  const ask = createAskInngest({
    baseUrl: "http://own",
    eventKey: undefined,
    signingKey: undefined,
    signingKeyFallback: undefined,
    isDev: true,
    fetch: () => Promise.resolve(new Response("{}", { status })),
  });
  const call = { version: "v1", path: "/runs/x" } as const;
  assertEquals(await ask(call), null);
  status = 500;
  await assertRejects(() => ask(call), InngestApiError, "it answers 500");
});
