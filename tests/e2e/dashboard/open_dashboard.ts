/**
 * The dashboard as its tests find it: the service as users run it, a browser, and
 * a store that is seeded, all of one test.
 */
import { startSession } from "../../../lib/auth/session.ts";
import {
  launchBrowser,
  type PageOptions,
  type TestBrowser,
  type TestPage,
} from "../../support/browser.ts";
import {
  ADMIN_PASSWORD,
  type RollcallProcess,
  startRollcall,
} from "../../support/rollcall_process.ts";
import { seedDashboard } from "./seed_dashboard.ts";
import { seedTrouble } from "./seed_trouble.ts";

/** An open dashboard. */
export interface OpenDashboard extends AsyncDisposable {
  readonly rollcall: RollcallProcess;
  readonly browser: TestBrowser;
  /** Opens a page of the admin, who is an operator, in a context of its own. */
  signIn(options?: PageOptions): Promise<TestPage>;
  /** Asks as somebody who may only look. */
  askAsViewer(path: string, init?: RequestInit): Promise<Response>;
  /** Fills the store. */
  seed(): Promise<void>;
}

/** How much is seeded. */
export const USERS = 120;
export const EVENTS = 400;

/** May look, and nothing else. */
const VIEWER = "viewer@example.com";

/** Kept to itself, so that a test can make a viewer's session. */
const SESSION_SECRET = crypto.randomUUID();

/**
 * Starts the service and the browser.
 *
 * @param env Further settings.
 * @returns The dashboard, to be held with `await using`; its store is empty.
 */
export async function openDashboard(
  env: Readonly<Record<string, string>> = {},
): Promise<OpenDashboard> {
  await using stack = new AsyncDisposableStack();
  const rollcall = stack.use(
    await startRollcall({
      env: { SESSION_SECRET, ROLLCALL_VIEWERS: VIEWER, ...env },
    }),
  );
  const browser = stack.use(await launchBrowser());
  const resources = stack.move();
  return {
    rollcall,
    browser,
    signIn: (options) => signIn(browser, rollcall, options),
    askAsViewer: (path, init) => askAsViewer(rollcall, path, init),
    seed: () => seed(rollcall),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function signIn(
  browser: TestBrowser,
  { origin }: RollcallProcess,
  options: PageOptions = {},
): Promise<TestPage> {
  const page = await browser.newPage(options);
  await page.goto(`${origin}/dashboard`);
  await page.fill("#password", ADMIN_PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL(`${origin}/dashboard`);
  return page;
}

async function askAsViewer(
  { origin }: RollcallProcess,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const cookie = await startSession(
    { name: VIEWER, role: "viewer" },
    { secret: SESSION_SECRET, now: new Date(), isSecure: false },
  );
  return await fetch(origin + path, {
    redirect: "manual",
    ...init,
    headers: { cookie: cookie.split(";")[0] ?? "", origin },
  });
}

async function seed({ store }: RollcallProcess): Promise<void> {
  const now = new Date();
  await store.ensureIndexes();
  await seedDashboard(store, { users: USERS, events: EVENTS, now });
  await seedTrouble(store, now);
}

/** @returns The list's rows on a page. */
export function rowsOf(page: TestPage) {
  return page.locator("[data-row]");
}

/** @returns The number that a page shows under a label. */
export async function figureOf(
  page: TestPage,
  label: string,
): Promise<number> {
  const text = await page.locator(".figure", { hasText: label }).locator("dd")
    .first().textContent();
  return Number(text?.replaceAll(",", ""));
}
