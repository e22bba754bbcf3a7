/**
 * The HTTP under the fakes of Resend, Stripe and Mailchimp: a server on
 * 127.0.0.1 that keeps what it was asked and fails on demand.
 *
 * A failure strikes before the request has an effect (`refuse`) or after it
 * (`lose-answer`, `hold-answer`): the second is what a crash or a cut line looks like to a
 * caller, and what idempotency is for.
 */

/** One request as it arrived. */
export interface SeenCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

/** What goes wrong with a request. */
export type Failure =
  | {
    readonly kind: "refuse";
    readonly status: number;
    /** As a body in JSON. Default: an edge's page in HTML. */
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
  }
  | { readonly kind: "lose-answer" }
  /** Takes the request, does nothing and never answers. */
  | { readonly kind: "hang" }
  /** Does what is asked and never says so. */
  | { readonly kind: "hold-answer" };

/** A fake that can be reached. */
export interface FakeProvider extends AsyncDisposable {
  /** Origin without a trailing slash. */
  readonly url: string;
  /** Every request, in order of arrival, failed ones included. */
  readonly calls: readonly SeenCall[];
  /** Resolves once something is so; looks after each request. */
  until(isSo: () => boolean): Promise<void>;
  /** Lets the next requests fail, one each, in that order; undefined spares one. */
  failNext(...failures: (Failure | undefined)[]): void;
  /** Lets every request fail from now on; undefined ends it. */
  failAlways(failure: Failure | undefined): void;
}

/**
 * Starts a fake.
 *
 * @param answer What the provider does and says.
 * @returns The running fake.
 */
export function startFakeProvider(
  answer: (call: SeenCall) => Response | Promise<Response>,
): FakeProvider {
  const calls: SeenCall[] = [];
  const next: (Failure | undefined)[] = [];
  const hanging = new Set<() => void>();
  const watching = new Set<() => void>();
  let always: Failure | undefined;

  async function handle(request: Request): Promise<Response> {
    const response = await respond(request);
    for (const look of watching) look();
    return response;
  }

  async function respond(request: Request): Promise<Response> {
    const { method, url, headers } = request;
    const call = {
      method,
      url: new URL(url),
      headers,
      body: await request.text(),
    };
    calls.push(call);
    const failure = next.length > 0 ? next.shift() : always;
    if (failure === undefined) return await answer(call);
    if (failure.kind === "refuse") return refuse(failure);
    if (failure.kind !== "hang") await (await answer(call)).body?.cancel();
    if (failure.kind === "lose-answer") return cutOff();
    for (const look of watching) look();
    await new Promise<void>((resolve) => hanging.add(resolve));
    return cutOff();
  }

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    handle,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    calls,
    until: (isSo) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isSo()) return;
          watching.delete(look);
          resolve();
        };
        watching.add(look);
        look();
      }),
    failNext: (...failures) => void next.push(...failures),
    failAlways: (failure) => always = failure,
    async [Symbol.asyncDispose]() {
      for (const letGo of hanging) letGo();
      await server.shutdown();
    },
  };
}

function refuse({ status, body, headers = {} }: Failure & { kind: "refuse" }) {
  if (body !== undefined) return Response.json(body, { status, headers });
  return new Response("<html><h1>An edge page</h1></html>", {
    status,
    headers: { "content-type": "text/html", ...headers },
  });
}

/** Promises more than it sends, at which the server cuts the connection. */
function cutOff(): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("{"));
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-length": "64" } });
}
