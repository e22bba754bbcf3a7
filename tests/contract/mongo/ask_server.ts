/**
 * Puts a random case to a server and writes down all that can be seen of the
 * answer, so that two servers can be compared.
 */
import { EJSON } from "bson";
import { type Collection, type Document, MongoServerError } from "mongodb";
import type { Item } from "./contract_test_case.ts";
import type { RandomCase } from "./random_cases.ts";

/** What a server answered, types of numbers included. */
export interface Outcome {
  readonly found: string;
  readonly counted: string;
  /** Matched, modified and upserted, or `error` with its code. */
  readonly updated: string;
  /** All documents afterwards, fields in order of name. */
  readonly after: string;
}

const EXACT = { promoteValues: false, bsonRegExp: true };
const NEW_ID = 99;

/**
 * Asks: find and count by the filter, then the update.
 *
 * @param items A collection, which is emptied first.
 * @param asked The case.
 * @returns The answers.
 */
export async function askServer(
  items: Collection<Item>,
  asked: RandomCase,
): Promise<Outcome> {
  const { documents, filter, sort } = asked;
  await items.deleteMany({});
  await items.insertMany(documents.map((fields, _id) => ({ _id, ...fields })));
  return {
    found: await attempt(() => items.find(filter, EXACT).sort(sort).toArray()),
    counted: await attempt(() => items.countDocuments(filter)),
    updated: await attempt(() => update(items, asked)),
    after: await attempt(async () =>
      (await items.find({}, EXACT).sort({ _id: 1 }).toArray()).map(sortFields)
    ),
  };
}

/** An upsert looks for one `_id`, so that the new one is the same everywhere. */
async function update(
  items: Collection<Item>,
  { filter, update, isMulti, isUpsert }: RandomCase,
): Promise<unknown> {
  const options = { upsert: isUpsert };
  const wanted = isUpsert ? { ...filter, _id: NEW_ID } : filter;
  const { matchedCount, modifiedCount, upsertedCount } = isMulti
    ? await items.updateMany(wanted, update, options)
    : await items.updateOne(wanted, update, options);
  return [matchedCount, modifiedCount, upsertedCount].map(Number);
}

async function attempt(ask: () => Promise<unknown>): Promise<string> {
  try {
    return EJSON.stringify(await ask(), { relaxed: false });
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    return `error ${error.code}`;
  }
}

/** The order of new fields is the concern of update_test.ts. */
function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields);
  if (Object.prototype.toString.call(value) !== "[object Object]") return value;
  const fields = value as Document;
  if ("_bsontype" in fields) return value;
  return Object.fromEntries(
    Object.keys(fields).sort().map((name) => [name, sortFields(fields[name])]),
  );
}
