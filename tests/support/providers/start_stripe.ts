/**
 * Stripe for tests, over HTTP: customers and subscriptions, lists by page, forms
 * as bodies, and idempotency keys with all their consequences: the first answer
 * is kept for 24 hours, an error too, and other parameters are refused.
 *
 * Source: Stripe's API reference.
 */
import {
  type FakeProvider,
  type SeenCall,
  startFakeProvider,
} from "./fake_provider.ts";

/** A customer or a subscription, with the fields that were given. */
export interface StripeObject {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Parameters by their names in the form, such as `items[0][price]`. */
  readonly params: Readonly<Record<string, string>>;
  /** Of a subscription; a test may end it. */
  status?: "trialing" | "canceled";
}

/** The fake and what is in it. */
export interface FakeStripe extends FakeProvider {
  readonly secretKey: string;
  /** The one price that there is. */
  readonly priceId: string;
  readonly customers: StripeObject[];
  readonly subscriptions: StripeObject[];
  /** Lets the next request with a key fail inside Stripe, which keeps the answer. */
  breakNext(): void;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/**
 * Starts the fake.
 *
 * @param now Its clock, ms, for idempotency keys.
 * @returns The running fake.
 */
export function startStripe(now: () => number = Date.now): FakeStripe {
  const secretKey = "sk_test_key";
  const priceId = "price_trial";
  const customers: StripeObject[] = [];
  const subscriptions: StripeObject[] = [];
  const keys = new Map<
    string,
    { body: string; answer: Answer; until: number }
  >();
  let isBroken = false;

  function create(call: SeenCall): Answer {
    if (isBroken) {
      isBroken = false;
      return refuse(500, "api_error", "internal");
    }
    const params = Object.fromEntries(new URLSearchParams(call.body));
    const isCustomer = call.url.pathname === "/v1/customers";
    if (!isCustomer) {
      const hasCustomer = customers.some(({ id }) => id === params.customer);
      if (!hasCustomer || params["items[0][price]"] !== priceId) {
        return refuse(400, "invalid_request_error", "resource_missing");
      }
    }
    const list = isCustomer ? customers : subscriptions;
    const object: StripeObject = {
      id: `${isCustomer ? "cus" : "sub"}_${list.length + 1}`,
      metadata: readMetadata(params),
      params,
      ...(!isCustomer && { status: "trialing" }),
    };
    list.unshift(object); // lists begin with the newest
    return { status: 200, body: toBody(object) };
  }

  function createOnce(call: SeenCall): Answer {
    const key = call.headers.get("idempotency-key");
    const known = key === null ? undefined : keys.get(key);
    if (known !== undefined && known.until > now()) {
      return known.body === call.body
        ? known.answer
        : refuse(400, "idempotency_error", undefined);
    }
    const answer = create(call);
    // What fails validation is not kept.
    const isKept = answer.status === 200 || answer.status >= 500;
    const until = now() + KEY_LIFETIME_MS;
    if (key !== null && isKept) {
      keys.set(key, { body: call.body, answer, until });
    }
    return answer;
  }

  function answer(call: SeenCall): Answer {
    const { method, url, headers } = call;
    if (headers.get("authorization") !== `Bearer ${secretKey}`) {
      return refuse(401, "invalid_request_error", undefined);
    }
    const isKnown = ["/v1/customers", "/v1/subscriptions"].includes(
      url.pathname,
    );
    if (!isKnown) return refuse(404, "invalid_request_error", undefined);
    if (method === "POST") return createOnce(call);
    return url.pathname === "/v1/customers"
      ? listPage(
        url,
        customers.filter((customer) =>
          customer.params.email === url.searchParams.get("email")
        ),
      )
      : listPage(
        url,
        subscriptions.filter(({ params, status }) =>
          params.customer === url.searchParams.get("customer") &&
          (status !== "canceled" || url.searchParams.get("status") === "all")
        ),
      );
  }

  const server = startFakeProvider((call) => {
    const { status, body } = answer(call);
    return Response.json(body, { status });
  });
  return {
    ...server,
    secretKey,
    priceId,
    customers,
    subscriptions,
    breakNext: () => void (isBroken = true),
  };
}

function listPage(url: URL, found: readonly StripeObject[]): Answer {
  const limit = Number(url.searchParams.get("limit") ?? "10");
  const after = url.searchParams.get("starting_after");
  const start = found.findIndex(({ id }) => id === after) + 1;
  const page = found.slice(start, start + limit);
  const has_more = start + limit < found.length;
  const data = page.map(toBody);
  const body = { object: "list", url: url.pathname, has_more, data };
  return { status: 200, body };
}

function toBody({ id, metadata, params, status }: StripeObject) {
  const { email, name, customer } = params;
  return { id, metadata, status, email, name, customer };
}

function readMetadata(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => {
      const [, key] = /^metadata\[(.+)\]$/.exec(name) ?? [];
      return key === undefined ? [] : [[key, value]];
    }),
  );
}

function refuse(
  status: number,
  type: string,
  code: string | undefined,
): Answer {
  // The real text quotes what it was given, which must not reach a log.
  const message = `somebody@example.com was refused: ${type}`;
  return { status, body: { error: { type, code, message } } };
}
