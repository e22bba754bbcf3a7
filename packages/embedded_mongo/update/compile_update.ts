/**
 * Compiles the `u` of an update: operators, a whole replacement or a pipeline.
 *
 * The result changes a decoded document in one step and never touches storage,
 * so that guard and write stay atomic in the command that uses it.
 */

import { runPipeline } from "../aggregate/run_pipeline.ts";
import { areEqual } from "../bson/compare_values.ts";
import { type Document, getField, isDocument } from "../bson/document.ts";
import { MongoError } from "../errors.ts";
import { splitWords } from "../split_words.ts";
import { compileOperators } from "./compile_operators.ts";
import type { UpdateMoment } from "./update_operators.ts";

/** What one application of an update needs to know. */
export interface UpdateUse extends UpdateMoment {
  /** Index that `$` stands for, when the query matched inside an array. */
  readonly arrayIndex?: number | undefined;
}

/** A compiled update: consumes a document and returns the new one. */
export interface Update {
  readonly kind: "operators" | "replacement" | "pipeline";
  /** Whether a path holds `$`, the element that the query matched. */
  readonly needsPosition: boolean;
  readonly apply: (document: Document, use: UpdateUse) => Document;
}

const UPDATE_STAGES = new Set(
  splitWords("$set $addFields $unset $project $replaceRoot $replaceWith"),
);

/**
 * Compiles an update.
 *
 * @param update The `u` of the command.
 * @param options Array filters and variables (`let`, `c`) of the command.
 * @returns The update.
 * @throws {MongoError} FailedToParse, ConflictingUpdateOperators and others as
 *   mongod answers them.
 */
export function compileUpdate(
  update: unknown,
  options: {
    readonly arrayFilters?: unknown;
    readonly variables?: Document | undefined;
  } = {},
): Update {
  if (Array.isArray(update)) {
    return compilePipelineUpdate(update, options.variables ?? {});
  }
  if (!isDocument(update)) {
    throw new MongoError(
      "FailedToParse",
      "Update argument must be an object or array",
    );
  }
  const first = Object.keys(update)[0];
  return first?.startsWith("$")
    ? keepingId(compileOperators(update, options.arrayFilters))
    : compileReplacement(update);
}

function compileReplacement(replacement: Document): Update {
  const bad = Object.keys(replacement).find((key) => key.startsWith("$"));
  if (bad !== undefined) {
    throw new MongoError(
      "DollarPrefixedFieldName",
      `The dollar ($) prefixed field '${bad}' in '${bad}' is not allowed in the ` +
        "context of an update's replacement document. Consider using an " +
        "aggregation pipeline with $replaceWith.",
    );
  }
  return {
    kind: "replacement",
    needsPosition: false,
    apply: (document) => keepId(document, { ...replacement }),
  };
}

function compilePipelineUpdate(
  pipeline: readonly unknown[],
  variables: Document,
): Update {
  for (const stage of pipeline) {
    const name = isDocument(stage) ? Object.keys(stage)[0] : undefined;
    if (name === undefined || !UPDATE_STAGES.has(name)) {
      throw new MongoError(
        "InvalidOptions",
        `${name} is not allowed to be used within an update`,
      );
    }
  }
  return {
    kind: "pipeline",
    needsPosition: false,
    apply: (document) => {
      const id = getField(document, "_id");
      const [result = {}] = [
        ...runPipeline([document], pipeline, { variables }),
      ];
      return keepId(id === undefined ? {} : { _id: id }, result);
    },
  };
}

/** Restores a dropped `_id` at the front, refuses a changed one. */
function keepId(before: Document, after: Document): Document {
  const id = getField(before, "_id");
  if (id === undefined) return after;
  const { _id: newId, ...rest } = after;
  rejectChangedId(id, newId ?? id);
  return { _id: id, ...rest };
}

function keepingId(update: Update): Update {
  return {
    ...update,
    apply: (document, use) => {
      const id = getField(document, "_id");
      const after = update.apply(document, use);
      rejectChangedId(id, getField(after, "_id"));
      return after;
    },
  };
}

function rejectChangedId(before: unknown, after: unknown): void {
  if (before === undefined || areEqual(before, after)) return;
  throw new MongoError(
    "ImmutableField",
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}
