/**
 * A real browser for tests: Chromium that comes as an npm package.
 *
 * Nothing has to be installed; the first launch unpacks the binary into the
 * temporary directory, later ones find it there. It downloads nothing and
 * starts no background traffic. Pages fail the test by what it asserts: errors
 * of a page are collected in `errors`, never thrown.
 *
 * Needs --allow-read, --allow-write, --allow-env, --allow-run, --allow-sys and
 * --allow-net=127.0.0.1,localhost.
 */
import { tmpdir } from "node:os";
import process from "node:process";
import chromium from "@sparticuz/chromium";
import type { Browser, BrowserType, Page } from "playwright-core";

/** How a page presents itself. */
export interface PageOptions {
  /** Viewport width in CSS pixels, 1280 by default. */
  readonly width?: number;
  /** Viewport height in CSS pixels, 800 by default. */
  readonly height?: number;
  /** What `prefers-color-scheme` says, `light` by default. */
  readonly colorScheme?: "light" | "dark";
  /** Whether scripts run, true by default. */
  readonly javaScriptEnabled?: boolean;
}

/** A page together with what went wrong in it. */
export interface TestPage extends Page {
  /** Uncaught exceptions, console errors and CSP violations, oldest first. */
  readonly errors: string[];
}

/** A running Chromium; closes with `await using`. */
export interface TestBrowser extends AsyncDisposable {
  /**
   * Opens a page in a context of its own, so cookies are not shared.
   *
   * @param options Size, colour scheme, scripts on or off.
   * @returns The page; it closes with the browser.
   */
  newPage(options?: PageOptions): Promise<TestPage>;
}

const LAUNCH_ARGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts a headless Chromium.
 *
 * @returns The browser, to be held with `await using`.
 * @throws {Error} when the binary cannot be unpacked or started.
 */
export async function launchBrowser(): Promise<TestBrowser> {
  const driver = await importDriver();
  const browser = await driver.launch({
    executablePath: await unpackChromium(),
    args: LAUNCH_ARGS,
    headless: true,
  });
  return {
    newPage: (options) => openPage(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/**
 * Playwright looks into /proc/sys while it loads, to tell WSL from Linux, and
 * Deno refuses that short of --allow-all. This variable of its `is-wsl` module
 * puts the look off until somebody asks, which nobody does. It stays set: test
 * files that run in parallel share the environment.
 */
async function importDriver(): Promise<BrowserType> {
  process.env.__IS_WSL_TEST__ = "1";
  return (await import("playwright-core")).chromium;
}

/** One process at a time: another must not start a half-written binary. */
async function unpackChromium(): Promise<string> {
  using lock = await Deno.open(`${tmpdir()}/chromium_unpack.lock`, {
    create: true,
    write: true,
  });
  await lock.lock(true);
  return await chromium.executablePath();
}

async function openPage(
  browser: Browser,
  options: PageOptions = {},
): Promise<TestPage> {
  const { width = 1280, height = 800 } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: options.colorScheme ?? "light",
    javaScriptEnabled: options.javaScriptEnabled ?? true,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return Object.assign(page, { errors });
}
