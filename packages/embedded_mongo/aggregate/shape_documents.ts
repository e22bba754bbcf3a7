/**
 * The stages that make one document of one: $project, $addFields, $unset and
 * $replaceRoot with their aliases.
 *
 * They work on the loss-free form, so that what is kept or copied keeps its BSON
 * type; only what an operator computes passes through mingo.
 */

import { type Document, isDocument } from "../bson/document.ts";
import { badValue, MongoError } from "../errors.ts";
import { compileProjection } from "../query/compile_projection.ts";
import { compileExpression, type Expression } from "./compile_expression.ts";
import type { PipelineContext, Stage } from "./run_pipeline.ts";
import { findOverlap } from "../update/find_overlap.ts";
import { setAtPath } from "./set_at_path.ts";

type Shaper = (document: Document) => Document;

/** The stages by name. */
export const SHAPING_STAGES: Readonly<Record<string, Stage>> = {
  $project: shaping(compileProject),
  $addFields: shaping(compileAddFields),
  $set: shaping(compileAddFields),
  $unset: shaping(compileUnset),
  $replaceRoot: shaping((spec, context) =>
    compileReplaceRoot(isDocument(spec) ? spec.newRoot : undefined, context)
  ),
  $replaceWith: shaping(compileReplaceRoot),
};

function shaping(
  compile: (spec: unknown, context: PipelineContext) => Shaper,
): Stage {
  return (documents, spec, context) => {
    const shape = compile(spec, context);
    return Iterator.from(documents).map((document) => shape(document));
  };
}

function compileProject(spec: unknown, { variables }: PipelineContext): Shaper {
  if (!isDocument(spec) || Object.keys(spec).length === 0) {
    throw new MongoError(
      isDocument(spec) ? "Location51272" : "Location15969",
      "$project specification must be an object with at least one field",
    );
  }
  return compileProjection(spec, { variables });
}

function compileAddFields(
  spec: unknown,
  { variables }: PipelineContext,
): Shaper {
  if (!isDocument(spec) || Object.keys(spec).length === 0) {
    throw badValue(
      "$addFields specification must be an object with at least one field",
    );
  }
  const listed = listFields(spec, []);
  const overlap = findOverlap(listed.map(({ parts }) => parts.join(".")));
  if (overlap) {
    throw new MongoError(
      "Location40176",
      `specification contains two conflicting paths: '${overlap.outer}' and '${overlap.inner}'`,
    );
  }
  const fields = listed.map(({ parts, expression }) => ({
    parts,
    evaluate: compileExpression(expression, variables),
  }));
  return (document) => addAll(document, fields);
}

/** `{ a: { b: 1 } }` adds at `a.b`, as `{ "a.b": 1 }` does. */
function listFields(
  spec: Document,
  prefix: readonly string[],
): { readonly parts: readonly string[]; readonly expression: unknown }[] {
  return Object.entries(spec).flatMap(([key, expression]) => {
    const parts = [...prefix, ...key.split(".")];
    if (parts.includes("")) throw emptyField();
    const [first] = isDocument(expression) ? Object.keys(expression) : [];
    return isDocument(expression) && first !== undefined &&
        !first.startsWith("$")
      ? listFields(expression, parts)
      : [{ parts, expression }];
  });
}

function emptyField(): MongoError {
  return new MongoError(
    "Location15998",
    "FieldPath field names may not be empty strings.",
  );
}

function addAll(
  document: Document,
  fields: readonly {
    readonly parts: readonly string[];
    readonly evaluate: Expression;
  }[],
): Document {
  return fields.reduce(
    (result, { parts, evaluate }) =>
      setAtPath(result, parts, evaluate(document)),
    document,
  );
}

function compileUnset(spec: unknown, { variables }: PipelineContext): Shaper {
  const paths = [spec].flat();
  if (paths.length === 0 || !paths.every((path) => typeof path === "string")) {
    throw new MongoError(
      paths.length === 0 ? "Location31119" : "Location31002",
      "$unset specification must be a string or an array of strings",
    );
  }
  if (paths.some((path) => path.split(".").includes(""))) throw emptyField();
  return compileProjection(
    Object.fromEntries(paths.map((path) => [path, 0])),
    { variables },
  );
}

function compileReplaceRoot(
  newRoot: unknown,
  { variables }: PipelineContext,
): Shaper {
  const evaluate = compileExpression(newRoot, variables);
  return (document) => {
    const root = evaluate(document);
    if (isDocument(root)) return root;
    throw new MongoError(
      "Location40228",
      "'newRoot' expression must evaluate to an object",
    );
  };
}
