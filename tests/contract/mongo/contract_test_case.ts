/**
 * One test of the MongoDB contract, run on whichever server is chosen.
 *
 * Without MONGODB_URI that is the embedded server, one a process; with it the
 * server there. Each test gets a database of its own. Where another server is
 * known to differ, the test is expected to fail on it and says so in its name;
 * when it passes there after all, the table is out of date and the test fails.
 */

import { assertRejects } from "@std/assert";
import {
  type Db,
  type Document,
  MongoClient,
  MongoServerError,
  type ObjectId,
} from "mongodb";
import { startMongo } from "../../../packages/embedded_mongo/mod.ts";
import { KNOWN_DIFFERENCES } from "./known_differences.ts";

/** The server that the contract is checked on. */
export const contractUri: string | undefined = Deno.env.get("MONGODB_URI");

/** A document of any shape, with an `_id` of the usual kinds. */
export interface Item extends Document {
  _id?: number | string | ObjectId;
}

/** A server to ask. */
export interface Target extends AsyncDisposable {
  readonly client: MongoClient;
  /** Whether the server is SecantusDB, which has a table of differences. */
  readonly isSecantus: boolean;
}

let target: Promise<Target> | undefined;
let databaseCount = 0;

Deno.test.afterAll(async () => {
  await (await target)?.[Symbol.asyncDispose]();
});

/**
 * Defines a test of the contract.
 *
 * @param name What the server does, as in `"insert() refuses …"`.
 * @param run The test, given an empty database.
 */
export function contractTest(
  name: string,
  run: (db: Db) => Promise<void>,
): void {
  Deno.test({
    name,
    // Server and connections serve all tests of the file.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      target ??= openTarget(contractUri);
      const { client, isSecantus } = await target;
      const db = client.db(`contract_${Deno.pid}_${++databaseCount}`);
      try {
        if (isSecantus && KNOWN_DIFFERENCES.has(name)) {
          await assertRejects(
            () => run(db),
            Error,
            undefined,
            `The table is out of date: this server now agrees on "${name}"`,
          );
        } else await run(db);
      } finally {
        await db.dropDatabase();
      }
    },
  });
}

/**
 * Asserts that the server answers with an error of that code.
 *
 * @param run What is refused.
 * @param code mongod's number of the error.
 * @returns The error.
 */
export async function assertCode(
  run: () => Promise<unknown>,
  code: number,
): Promise<MongoServerError> {
  const error = await assertRejects(run, MongoServerError);
  if (error.code === code) return error;
  throw new Error(
    `expected code ${code}, got ${error.code}: ${error.message}`,
    { cause: error },
  );
}

/**
 * Connects to a server.
 *
 * @param uri Where it is; undefined starts an embedded one.
 * @returns The open server; the caller disposes of it.
 */
export async function openTarget(uri?: string): Promise<Target> {
  const server = uri === undefined
    ? await startMongo({ path: ":memory:" })
    : undefined;
  const client = new MongoClient(uri ?? server?.uri ?? "", {
    serverSelectionTimeoutMS: 5000,
  });
  await client.connect();
  const { secantusVersion } = await client.db("admin").command({
    buildInfo: 1,
  });
  return {
    client,
    isSecantus: secantusVersion !== undefined,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await server?.close();
    },
  };
}
