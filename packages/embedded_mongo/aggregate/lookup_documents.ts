/**
 * The `$lookup` stage, by fields, by pipeline, or both.
 *
 * Each joined read goes through the planner of the other collection, so an index
 * on the foreign field serves.
 */

import { type Document, isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { rejectUnknownFields } from "../commands/command.ts";
import { splitWords } from "../split_words.ts";
import { visitPath } from "../query/visit_path.ts";
import { compileExpression } from "./compile_expression.ts";
import { collectBounded, MemoryBound } from "./memory_bound.ts";
import { type PipelineContext, runPipeline } from "./run_pipeline.ts";
import { setAtPath } from "./set_at_path.ts";

/**
 * Joins documents of another collection of the same database.
 *
 * @param documents The input.
 * @param spec The `$lookup` specification.
 * @param context Variables and the other collections.
 * @returns The input documents with the joined array.
 * @throws {MongoError} FailedToParse for a bad specification.
 */
export function* lookupDocuments(
  documents: Iterable<Document>,
  spec: unknown,
  context: PipelineContext,
): Iterable<Document> {
  const join = parseLookup(spec);
  const variables = Object.entries(join.let).map(([name, expression]) =>
    [name, compileExpression(expression, context.variables)] as const
  );
  for (const document of documents) {
    const inner = {
      ...context,
      variables: {
        ...context.variables,
        ...Object.fromEntries(
          variables.map(([name, read]) => [name, read(document) ?? null]),
        ),
      },
    };
    const matched = context.readCollection?.(
      join.from,
      buildJoinFilter(document, join),
    ) ?? [];
    const joined = collectBounded(
      runPipeline(matched, join.pipeline, inner),
      new MemoryBound("$lookup"),
    );
    yield setAtPath(document, join.as.split("."), joined);
  }
}

interface Join {
  readonly from: string;
  readonly as: string;
  readonly localField?: string;
  readonly foreignField?: string;
  readonly let: Document;
  readonly pipeline: readonly unknown[];
}

const LOOKUP_FIELDS = new Set(
  splitWords("from as localField foreignField let pipeline"),
);

function parseLookup(spec: unknown): Join {
  const fields = isDocument(spec) ? spec : {};
  rejectUnknownFields(fields, "$lookup", LOOKUP_FIELDS);
  const { from, as, localField, foreignField, pipeline } = fields;
  const isByField = typeof localField === "string" &&
    typeof foreignField === "string";
  if (
    typeof from !== "string" || typeof as !== "string" ||
    !(isByField || Array.isArray(pipeline))
  ) {
    throw new MongoError(
      "FailedToParse",
      "$lookup requires 'from', 'as' and either both or neither of " +
        "'localField' and 'foreignField', or a pipeline",
    );
  }
  return {
    from,
    as,
    let: isDocument(fields.let) ? fields.let : {},
    pipeline: Array.isArray(pipeline) ? pipeline : [],
    ...(isByField ? { localField, foreignField } : {}),
  };
}

/** A missing local field joins with null and missing, as in MongoDB. */
function buildJoinFilter(document: Document, join: Join): Document {
  if (join.localField === undefined || join.foreignField === undefined) {
    return {};
  }
  const values: unknown[] = [];
  visitPath(document, {
    parts: join.localField.split("."),
    leaf: "elements",
    test: (value) => {
      if (!(Array.isArray(value) && value.length === 0)) {
        values.push(value ?? null);
      }
      return false;
    },
  });
  const [first] = values;
  return values.length === 1
    ? { [join.foreignField]: { $eq: first } }
    : { [join.foreignField]: { $in: values } };
}
