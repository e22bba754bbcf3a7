import { assertEquals, assertNotEquals } from "@std/assert";
import { readKeptSecret } from "./kept_secret.ts";

async function inFolder(check: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await check(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readKeptSecret() gives the same secret after a restart", () =>
  inFolder(async (folder) => {
    const path = `${folder}/new/session_secret`;
    const first = await readKeptSecret(path);
    assertEquals(first.length, 48);
    assertEquals(await readKeptSecret(path), first);
  }));

Deno.test("readKeptSecret() makes another one in another folder", () =>
  inFolder(async (folder) => {
    assertNotEquals(
      await readKeptSecret(`${folder}/a`),
      await readKeptSecret(`${folder}/b`),
    );
  }));

Deno.test("readKeptSecret() lets nobody else read the file", () =>
  inFolder(async (folder) => {
    const path = `${folder}/session_secret`;
    await readKeptSecret(path);
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  }));
