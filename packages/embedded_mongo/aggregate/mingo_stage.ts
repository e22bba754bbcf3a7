/**
 * Runs the rare stages on mingo, and gives their output BSON types again.
 *
 * A whole number comes back as int32 or int64, whatever it was before.
 */

import { type Document, isDocument } from "../bson/document.ts";
import { fromPlain, toPlain } from "../bson/plain_values.ts";
import { MongoError } from "../errors.ts";
import { checkExpression } from "./compile_expression.ts";
import { collectBounded } from "./memory_bound.ts";
import { getMingo } from "./mingo.ts";
import type { PipelineContext } from "./run_pipeline.ts";

/** The stages that mingo runs. */
export const MINGO_STAGES: ReadonlySet<string> = new Set([
  "$redact",
  "$bucketAuto",
  "$graphLookup",
  "$densify",
  "$fill",
  "$sample",
]);

/**
 * Runs one stage.
 *
 * @param documents The input.
 * @param stage The stage, `{ $name: specification }`.
 * @param context Variables and the other collections.
 * @returns The output.
 * @throws {MongoError} BadValue with mingo's reason when it refuses.
 */
export function* runMingoStage(
  documents: Iterable<Document>,
  stage: Document,
  context: PipelineContext,
): Iterable<Document> {
  const [name = ""] = Object.keys(stage);
  checkExpression(Object.values(stage));
  const run = compileStage(stage, context);
  const input = collectBounded(documents, name).map(toPlain) as Document[];
  for (const output of run(input)) yield fromPlain(output) as Document;
}

function compileStage(stage: Document, context: PipelineContext) {
  const plainStage = toPlain(stage) as Document;
  const { Aggregator, mingoOptions } = getMingo();
  const aggregator = new Aggregator([plainStage], {
    ...mingoOptions,
    variables: toPlain(context.variables) as Document,
    collectionResolver: (name) =>
      [...context.readCollection?.(name, {}) ?? []].map(toPlain) as Document[],
  });
  return (input: Document[]): Document[] => {
    try {
      return aggregator.run(input).filter(isDocument);
    } catch (error) {
      if (error instanceof MongoError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new MongoError("BadValue", `Cannot run pipeline stage: ${reason}`);
    }
  };
}
