/** A simulated Clerk that holds still where a test wants it to. */
import { FakeClerk } from "../../support/clerk_api/start_clerk_api.ts";

/** Three pages, the last one short. */
export const USERS = 1_200;
/** Users in a page. */
export const PAGE_SIZE = 500;

/** A Clerk that tells of each question for a page, before it answers. */
export interface WatchedClerk extends AsyncDisposable {
  /** The settings by which a service or a task finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** Called with the number of pages asked for before; replace at will. */
  onPage: (pagesBefore: number) => void | Promise<void>;
  /** How many pages were asked for so far. */
  readonly pages: () => number;
}

/** @returns Clerk with 1,200 users, served on a free port. */
export function serveClerk(): WatchedClerk {
  let pages = 0;
  const clerk = new FakeClerk({
    users: USERS,
    rateLimit: 100_000,
    secretKey: "sk_live_simulated_instance",
    beforeAnswer: async (_clerk, url) => {
      const isPage = url.pathname === "/v1/users" &&
        url.searchParams.get("limit") === String(PAGE_SIZE);
      if (isPage) await watched.onPage(pages++);
    },
  });
  const watched: WatchedClerk = {
    env: {
      CLERK_SECRET_KEY: clerk.secretKey,
      CLERK_API_URL: clerk.url,
      CLERK_API_SHARE: "100",
    },
    onPage: () => {},
    pages: () => pages,
    [Symbol.asyncDispose]: () => clerk[Symbol.asyncDispose](),
  };
  return watched;
}
