/**
 * An app without an SDK on the embedded engine, for answers that an SDK would never give.
 */
import {
  type Engine,
  startEngine,
} from "../../../packages/embedded_inngest/mod.ts";
import { signText } from "../../../packages/embedded_inngest/signature.ts";
import { FakeClock } from "./fake_clock.ts";
import { callApi, createClient } from "./start_app.ts";

/** Headers that an SDK's answer bears, beside its signature. */
export const SDK_HEADERS = {
  "x-inngest-sdk": "js:v4.24.0",
  "x-inngest-req-version": "2",
};

/** Answers one execution request; `signed` makes the headers for a text. */
export type RawAnswer = (
  signed: (text: string) => Record<string, string>,
  request: Request,
) => Response | Promise<Response>;

/** An engine whose only app answers as the test says. */
export interface RawApp extends AsyncDisposable {
  readonly engine: Engine;
  /** How many execution requests there were. */
  calls(): number;
  /** Sends an event that starts the function, and returns its internal id. */
  send(): Promise<string>;
  /** Turns the event loop until the run of an event has ended. */
  ended(eventId: string): Promise<RawRun>;
}

/** A run as the REST API shows it. */
export interface RawRun {
  readonly status: string;
  readonly output?: unknown;
}

/** An entry of a registration: the function `raw-fn`, which `a/b` starts, with two attempts. */
export const RAW_FUNCTION = {
  id: "raw-fn",
  name: "fn",
  triggers: [{ event: "a/b" }],
  steps: {
    step: {
      runtime: { type: "http", url: "http://localhost/api/inngest" },
      retries: { attempts: 1 },
    },
  },
};

/** Starts an engine and registers `functions` under the app `raw`, which answers calls with `answer`. */
export async function startRawApp(
  answer: RawAnswer,
  clock = new FakeClock(),
  functions: readonly unknown[] = [RAW_FUNCTION],
): Promise<RawApp> {
  const engine = await startEngine({
    path: ":memory:",
    retryIntervalMs: 1_000,
    retention: { intervalMs: 1e12 },
    clock,
  });
  let calls = 0;
  const signed = (text: string) => ({
    ...SDK_HEADERS,
    "x-inngest-signature": signText(text, engine.signingKey),
  });
  await engine.register((request) => {
    if (request.method === "POST") {
      calls++;
      return answer(signed, request);
    }
    return Response.json({ app_id: "raw", functions }, {
      headers: { "x-inngest-sync-kind": "in_band" },
    });
  });
  return {
    engine,
    calls: () => calls,
    async send(): Promise<string> {
      const event = { name: "a/b", data: {} };
      return (await createClient(engine).send(event)).ids[0] ?? "";
    },
    ended: (eventId) => untilEnded(engine, eventId),
    [Symbol.asyncDispose]: () => engine.close(),
  };
}

/** @returns a 206 answer with these operations */
export function answerOperations(
  signed: (text: string) => Record<string, string>,
  operations: unknown,
): Response {
  const text = JSON.stringify(operations);
  return new Response(text, { status: 206, headers: signed(text) });
}

/** @returns the message of a failed run's error */
export function messageOf({ output }: RawRun): string {
  return (output as { message?: string } | undefined)?.message ?? "";
}

async function untilEnded(engine: Engine, eventId: string): Promise<RawRun> {
  for (let turn = 0; turn < 10_000; turn++) {
    const { body } = await callApi(engine, `/v1/events/${eventId}/runs`);
    const [run] = (body as { data: [RawRun] }).data;
    if (run && run.status !== "Running") return run;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("Cannot see the end of the run: it is still open");
}
