/**
 * Runs aggregation stages over documents, lazily, one stage a table entry.
 *
 * Stages work on the loss-free form. Those that write, watch or need a cluster
 * are refused, and the rarest, too.
 */

import { type Document, getOwn, isDocument } from "../bson/document.ts";
import { toSafeInteger } from "../bson/numbers.ts";
import { rejectUnknownFields } from "../commands/command.ts";
import { type CodeName, MongoError, refuse } from "../errors.ts";
import { compileFilter } from "../query/compile_filter.ts";
import { compileSortKey, parseSort, sortByKey } from "../query/compile_sort.ts";
import { splitWords } from "../split_words.ts";
import { groupDocuments } from "./group_documents.ts";
import { lookupDocuments } from "./lookup_documents.ts";
import { collectBounded, MemoryBound } from "./memory_bound.ts";
import { SHAPING_STAGES } from "./shape_documents.ts";
import { unwindDocuments } from "./unwind_documents.ts";

/** What a pipeline may reach besides its input. */
export interface PipelineContext {
  /** Values of `$$name`. */
  readonly variables: Document;
  /** Reads another collection of the same database, with a filter it may use. */
  readonly readCollection?: (
    name: string,
    filter: Document,
  ) => Iterable<Document>;
}

/** One stage: from documents to documents. */
export type Stage = (
  documents: Iterable<Document>,
  spec: unknown,
  context: PipelineContext,
) => Iterable<Document>;

const STAGES: Readonly<Record<string, Stage>> = {
  $match: matchDocuments,
  $sort: (documents, spec) =>
    sortDocuments(documents, readObject(spec, "$sort", "Location15973")),
  $limit: limitDocuments,
  $skip: skipDocuments,
  $count: countDocuments,
  $unwind: unwindDocuments,
  $group: groupDocuments,
  $sortByCount: sortByCount,
  $lookup: lookupDocuments,
  $unionWith: unionWith,
  $facet: facetDocuments,
  $sample: sampleDocuments,
  ...SHAPING_STAGES,
};

/** The stages by name. */
export const STAGE_NAMES: readonly string[] = Object.keys(STAGES);

/** The stages that a real server has and this one refuses. */
export const REFUSED_STAGES: ReadonlySet<string> = new Set(splitWords(`
  $bucket $bucketAuto $changeStream $densify $documents $fill $geoNear
  $graphLookup $merge $out $redact $search $setWindowFields $vectorSearch`));

/**
 * Runs a pipeline.
 *
 * @param documents The input, read lazily.
 * @param pipeline The stages as the client sent them.
 * @param context Variables and the other collections.
 * @returns The output, computed while it is read.
 * @throws {MongoError} Location40324 for a stage that does not exist.
 */
export function runPipeline(
  documents: Iterable<Document>,
  pipeline: readonly unknown[],
  context: PipelineContext,
): Iterable<Document> {
  return pipeline.reduce<Iterable<Document>>((input, stage) => {
    const [name, spec] = readStage(stage);
    return getStage(name)(input, spec, context);
  }, documents);
}

/**
 * Reads one stage.
 *
 * @param stage A stage as the client sent it.
 * @returns Its name and specification.
 * @throws {MongoError} TypeMismatch or Location40323 unless it is an object with
 *   one field.
 */
export function readStage(stage: unknown): [string, unknown] {
  if (!isDocument(stage)) {
    throw new MongoError(
      "TypeMismatch",
      "Each element of the 'pipeline' array must be an object",
    );
  }
  const [entry, ...more] = Object.entries(stage);
  if (entry && more.length === 0) return entry;
  throw new MongoError(
    "Location40323",
    "A pipeline stage specification object must contain exactly one field.",
  );
}

function getStage(name: string): Stage {
  const stage = getOwn(STAGES, name);
  if (stage) return stage;
  // What a standalone mongod says of change streams; drivers know the code.
  if (name === "$changeStream") throw refuse(name, "Location40573");
  if (REFUSED_STAGES.has(name)) throw refuse(name);
  throw new MongoError(
    "Location40324",
    `Unrecognized pipeline stage name: '${name}'`,
  );
}

function readObject(
  spec: unknown,
  stage: string,
  codeName: CodeName,
): Document {
  if (isDocument(spec)) return spec;
  throw new MongoError(
    codeName,
    `the ${stage} specification must be an object`,
  );
}

function matchDocuments(
  documents: Iterable<Document>,
  spec: unknown,
  context: PipelineContext,
): Iterable<Document> {
  const filter = compileFilter(
    readObject(spec, "$match", "Location15959"),
    context.variables,
  );
  return Iterator.from(documents).filter((document) => filter(document));
}

/** Stable, in MongoDB's order; nothing is read before the first is asked for. */
function sortDocuments(
  documents: Iterable<Document>,
  sort: Document,
): Iterable<Document> {
  const fields = parseSort(sort);
  if (fields.length === 0) {
    throw new MongoError(
      "Location15976",
      "$sort stage must have at least one sort key",
    );
  }
  const readKey = compileSortKey(fields);
  return {
    *[Symbol.iterator]() {
      const keyed = collectBounded(documents, new MemoryBound("$sort"))
        .map((item) => ({ key: readKey(item), item }));
      for (const { item } of sortByKey(keyed)) yield item;
    },
  };
}

function limitDocuments(documents: Iterable<Document>, spec: unknown) {
  const limit = readWhole(spec, "$limit", "Location5107201");
  if (limit > 0) return Iterator.from(documents).take(limit);
  throw new MongoError("Location15958", "the limit must be positive");
}

function skipDocuments(documents: Iterable<Document>, spec: unknown) {
  const skip = readWhole(spec, "$skip", "Location5107200");
  return Iterator.from(documents).drop(skip);
}

function readWhole(spec: unknown, stage: string, codeName: CodeName): number {
  const number = toSafeInteger(spec);
  const isWhole = number !== undefined && number === Number(String(spec));
  if (isWhole && number >= 0) return number;
  throw new MongoError(
    codeName,
    `invalid argument to ${stage} stage: Expected a non-negative integer`,
  );
}

function* countDocuments(
  documents: Iterable<Document>,
  spec: unknown,
): Iterable<Document> {
  if (typeof spec !== "string" || !/^[^$.][^.]*$/.test(spec)) {
    throw new MongoError(
      typeof spec !== "string"
        ? "Location40156"
        : spec === ""
        ? "Location40157"
        : spec.startsWith("$")
        ? "Location40158"
        : "Location40160",
      "the count field must be a non-empty string without a dot or a dollar",
    );
  }
  let count = 0;
  for (const _ of documents) count++;
  if (count > 0) yield { [spec]: count };
}

/** Shuffles in part: as many draws as documents are wanted. */
function* sampleDocuments(
  documents: Iterable<Document>,
  spec: unknown,
): Iterable<Document> {
  const size = toSafeInteger(readObject(spec, "$sample", "Location28745").size);
  if (size === undefined || size <= 0) {
    throw new MongoError(
      "Location28747",
      "size argument to $sample must be a positive integer",
    );
  }
  const rest = collectBounded(documents, new MemoryBound("$sample"));
  for (let taken = 0; taken < size && rest.length > 0; taken++) {
    const [picked] = rest.splice(Math.floor(Math.random() * rest.length), 1);
    if (picked) yield picked;
  }
}

function sortByCount(
  documents: Iterable<Document>,
  spec: unknown,
  context: PipelineContext,
): Iterable<Document> {
  const [operator] = isDocument(spec) ? Object.keys(spec) : [];
  if (!(operator ?? String(spec)).startsWith("$")) {
    throw new MongoError(
      operator === undefined ? "Location40148" : "Location40147",
      "the sortByCount field must be a $-prefixed path or an expression",
    );
  }
  const group = { _id: spec, count: { $sum: 1 } };
  return sortDocuments(groupDocuments(documents, group, context), {
    count: -1,
  });
}

function* unionWith(
  documents: Iterable<Document>,
  spec: unknown,
  context: PipelineContext,
): Iterable<Document> {
  const { coll, pipeline = [], ...unknown } = typeof spec === "string"
    ? { coll: spec }
    : readObject(spec, "$unionWith", "FailedToParse");
  rejectUnknownFields(unknown, "$unionWith", new Set());
  if (typeof coll !== "string" || !Array.isArray(pipeline)) {
    throw new MongoError(
      coll === undefined ? "FailedToParse" : "TypeMismatch",
      "$unionWith needs the name of a collection and an array of stages",
    );
  }
  yield* documents;
  const source = context.readCollection?.(coll, {}) ?? [];
  yield* runPipeline(source, pipeline, context);
}

function* facetDocuments(
  documents: Iterable<Document>,
  spec: unknown,
  context: PipelineContext,
): Iterable<Document> {
  const facets = Object.entries(readObject(spec, "$facet", "Location40169"));
  if (facets.length === 0) {
    throw new MongoError(
      "Location40169",
      "the $facet specification must be a non-empty object",
    );
  }
  const input = collectBounded(documents, new MemoryBound("$facet"));
  const bound = new MemoryBound("$facet"); // Of what all facets give together.
  yield Object.fromEntries(
    facets.map(([name, pipeline]) => {
      if (!Array.isArray(pipeline)) {
        throw new MongoError(
          "Location40170",
          `arguments to $facet must be arrays, ${name} is not`,
        );
      }
      if (pipeline.some((stage) => isDocument(stage) && "$facet" in stage)) {
        throw new MongoError(
          "Location40600",
          "$facet is not allowed to be used within a $facet stage",
        );
      }
      return [
        name,
        collectBounded(runPipeline(input, pipeline, context), bound),
      ];
    }),
  );
}
