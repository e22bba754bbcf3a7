/** `deno task dev`: the application itself, in development. */
import { assertEquals, assertStringIncludes } from "@std/assert";

const ROOT = new URL("../../../", import.meta.url).pathname;

Deno.test("deno task dev answers 400 to a malformed path and a malformed host", async () => {
  const dataDir = await Deno.makeTempDir();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "dev.ts"],
    cwd: ROOT,
    env: { NO_COLOR: "1", PORT: "0", HOST: "127.0.0.1", DATA_DIR: dataDir },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const port = await readPort(process.stdout);
    const answers = [
      await ask(port, "/%E0%A4%A", "localhost"),
      await ask(port, "/dashboard/users/%zz", "localhost"),
      await ask(port, "/health", "[::1"),
    ];
    for (const answer of answers) {
      assertEquals(answer.split("\r\n")[0], "HTTP/1.1 400 Bad Request", answer);
      assertStringIncludes(answer, "application/problem+json");
      assertStringIncludes(answer, '"code":"malformed-address"');
    }
  } finally {
    process.kill("SIGKILL");
    await process.status;
    await Deno.remove(dataDir, { recursive: true });
  }
});

async function readPort(
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<number> {
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`Cannot read port: it printed ${text}`);
}

/** By hand, for fetch() mends addresses before it sends them. */
async function ask(port: number, path: string, host: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`;
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(`${head}\r\n`));
  return await new Response(connection.readable).text();
}
