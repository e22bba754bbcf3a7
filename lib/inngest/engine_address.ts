/**
 * Where the embedded Inngest of a running service is, for tools beside it: a
 * small file in the data folder, there while the service runs.
 *
 * It holds the key that events are sent under, so only the owner may read it.
 */
import { z } from "zod";

const FILE_NAME = "inngest.json";
const OWNER_ONLY = 0o600;

const engineAddress = z.object({
  /** Base URL of Inngest's HTTP API. */
  url: z.url(),
  eventKey: z.string().min(1),
});

/** How to send events to the engine of another process. */
export type EngineAddress = Readonly<z.infer<typeof engineAddress>>;

/**
 * Leaves the address for other processes.
 *
 * @param dataDir The service's data folder.
 * @param address Where its engine is.
 */
export async function leaveEngineAddress(
  dataDir: string,
  address: EngineAddress,
): Promise<void> {
  const draft = `${dataDir}/${FILE_NAME}.${crypto.randomUUID()}`;
  const { url, eventKey } = address;
  await Deno.writeTextFile(draft, JSON.stringify({ url, eventKey }), {
    mode: OWNER_ONLY,
    createNew: true,
  });
  await Deno.rename(draft, `${dataDir}/${FILE_NAME}`);
}

/** Takes the address away again, when the engine closes. */
export async function removeEngineAddress(dataDir: string): Promise<void> {
  await ignoreMissing(Deno.remove(`${dataDir}/${FILE_NAME}`));
}

/**
 * Reads what a service has left; after a crash it may be out of date.
 *
 * @param dataDir The service's data folder.
 * @returns The address, or undefined when there is none.
 */
export async function readEngineAddress(
  dataDir: string,
): Promise<EngineAddress | undefined> {
  const text = await ignoreMissing(
    Deno.readTextFile(`${dataDir}/${FILE_NAME}`),
  );
  return text === undefined ? undefined : engineAddress.parse(JSON.parse(text));
}

async function ignoreMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
