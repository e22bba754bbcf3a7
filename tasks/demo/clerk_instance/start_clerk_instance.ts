/**
 * Serves a simulated Clerk instance over HTTP, on the loopback interface.
 *
 * `CLERK_API_URL` and `CLERK_SECRET_KEY` of an application under test, or of the
 * demo, point here. It sends no webhook: `onWebhook` hears of each change.
 */

import { createClerkHandler } from "./clerk_handler.ts";
import { ClerkInstance } from "./clerk_instance.ts";
import type { ClerkInstanceOptions } from "./clerk_user_changes.ts";
import type { ListBehaviour } from "./list_users.ts";

/** Answers a request, or passes it on, or spoils the answer. */
export type Interceptor = (
  request: Request,
  next: () => Response,
) => Response | Promise<Response>;

/** What to serve and how. */
export interface StartClerkOptions extends ClerkInstanceOptions, ListBehaviour {
  /** The key that is let in; its kind decides the rate limit. */
  readonly secretKey?: string;
  /** Requests in 10 s and endpoint; default Clerk's own for the key's kind. */
  readonly rateLimit?: number;
  /** Default 0, any free one. */
  readonly port?: number;
  /** Stands before the API. Default: every request goes through. */
  readonly intercept?: Interceptor;
}

/** A simulated instance that can be reached. */
export class ServedClerkInstance extends ClerkInstance
  implements AsyncDisposable {
  /** Origin without a trailing slash, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly secretKey: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param options What to serve; the server listens at once. */
  constructor(options: StartClerkOptions = {}) {
    super(options);
    this.secretKey = options.secretKey ?? "sk_test_simulated_instance";
    const answer = createClerkHandler({
      ...options,
      instance: this,
      secretKey: this.secretKey,
    });
    const { intercept = (_request, next) => next(), port = 0 } = options;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request) => intercept(request, () => answer(request)),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Stops listening; a request in flight is answered first. */
  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  /** Same as {@linkcode ServedClerkInstance.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
