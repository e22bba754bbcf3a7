/**
 * Development: rebuild and reload after a change, and the error page.
 *
 * The app runs as a process of its own under `deno run --watch`, from a copy
 * that the test may change.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { launchBrowser } from "../../support/browser.ts";
import { copyApp } from "./copy_app.ts";

const START_MS = 30_000;

interface DevServer extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
}

Deno.test("development", async (t) => {
  await using server = await startDevServer();
  const { url, folder } = server;

  await t.step("a change to an island shows up in the open page", async () => {
    await using browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto(`${url}/small`);
    await page.getByText("1", { exact: true }).click();
    await page.getByText("2", { exact: true }).waitFor();
    await edit(`${folder}/islands/SmallCounter.tsx`, "{count}", "n = {count}");
    await page.getByText("n = 1").waitFor();
    await page.getByText("n = 1").click();
    await page.getByText("n = 2").waitFor();
  });

  await t.step("a change to a route shows up", async () => {
    await using browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto(`${url}/`);
    await edit(`${folder}/routes/index.tsx`, "No islands here", "Changed");
    await page.getByText("Changed").waitFor();
  });

  await t.step(
    "an error that nobody answers is shown with its source",
    async () => {
      const html = await askPage(`${url}/broken`);
      assertStringIncludes(html, "the reason");
      assertMatch(html, /<mark> +3 \| {3}throw new Error\(/);
      assertStringIncludes(html, "routes/broken.tsx:3");
    },
  );

  await t.step(
    "an error that the app answers is shown on top of its page",
    async () => {
      const html = await askPage(`${url}/with_page/broken`);
      assertStringIncludes(html, "<p>own page</p>");
      assertStringIncludes(html, "fresh-error-overlay");
      assertStringIncludes(html, "the other reason");
    },
  );

  await t.step(
    "an error page with a strict policy reloads when the error is mended",
    async () => {
      await using browser = await launchBrowser();
      const page = await browser.newPage();
      const response = await page.goto(`${url}/with_page/broken`);
      assertEquals(response?.headers()["content-security-policy"], undefined);
      assertEquals(
        await page.locator("#fresh-error-overlay").evaluate((overlay) =>
          getComputedStyle(overlay).position
        ),
        "fixed",
      );
      await Deno.writeTextFile(
        `${folder}/routes/with_page/broken.tsx`,
        "export default () => <p>mended</p>;\n",
      );
      await page.getByText("mended").waitFor();
    },
  );

  await t.step("browsers hear of a restart by an event stream", async () => {
    const response = await fetch(`${url}/_frsh/alive`);
    await response.body?.cancel();
    assertEquals(response.headers.get("Content-Type"), "text/event-stream");
  });

  await t.step("static files are not kept", async () => {
    const response = await fetch(`${url}/style.css`);
    await response.body?.cancel();
    assertEquals(response.headers.get("ETag"), null);
  });
});

async function askPage(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { Accept: "text/html" },
    signal: AbortSignal.timeout(START_MS),
  });
  assertEquals(response.status, 500);
  return await response.text();
}

async function edit(path: string, from: string, to: string): Promise<void> {
  const source = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, source.replace(from, to));
}

async function startDevServer(): Promise<DevServer> {
  const folder = await copyApp();
  await addBrokenRoutes(folder);
  const port = findFreePort();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--watch", "dev.ts", "listen", String(port)],
    cwd: folder,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  // A server that fails to start waits for a change, and says so to nobody.
  const timer = setTimeout(() => process.kill("SIGKILL"), START_MS);
  const output = process.stdout.pipeThrough(new TextDecoderStream());
  const reader = output.getReader();
  let text = "";
  while (!text.includes("Fresh ready")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Cannot start: ${text}`);
    text += value;
  }
  clearTimeout(timer);
  const drained = drain(reader);
  return {
    url: `http://127.0.0.1:${port}`,
    folder,
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
      await drained;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function drain(
  reader: ReadableStreamDefaultReader<string>,
): Promise<void> {
  while (!(await reader.read()).done);
}

/** Taken by nobody a moment ago; it has to survive restarts, so not port 0. */
function findFreePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function addBrokenRoutes(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/routes/with_page`);
  await Deno.writeTextFile(`${folder}/routes/broken.tsx`, broken("the reason"));
  await Deno.writeTextFile(
    `${folder}/routes/with_page/broken.tsx`,
    broken("the other reason"),
  );
  await Deno.writeTextFile(
    `${folder}/routes/with_page/_error.tsx`,
    `export const handler = () => ({
      data: null,
      headers: { "Content-Security-Policy": "default-src 'none'" },
    });
    export default () => <p>own page</p>;
    `,
  );
}

function broken(reason: string): string {
  return `export default function Broken(): never {
  // Three lines down the file.
  throw new Error("${reason}");
}
`;
}
