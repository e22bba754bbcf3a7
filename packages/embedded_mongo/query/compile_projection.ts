/**
 * Compiles a projection of find: fields in or out, parts of arrays, expressions.
 *
 * Works on the loss-free form, so what is kept keeps its BSON type. Expressions
 * are mingo's; `$meta` is refused.
 */

import {
  compileExpression,
  type Expression,
} from "../aggregate/compile_expression.ts";
import { setAtPath } from "../aggregate/set_at_path.ts";
import { type Document, isDocument, setField } from "../bson/document.ts";
import { isNumeric, isTruthy, toSafeInteger } from "../bson/numbers.ts";
import { badValue, type CodeName, MongoError, refuse } from "../errors.ts";
import { compileFilter } from "./compile_filter.ts";
import type { PathTrace } from "./visit_path.ts";

/** What a projection may refer to. */
export interface ProjectionUse {
  /** The filter of the query, for the positional `$`; undefined in `$project`. */
  readonly filter?: Document;
  readonly variables: Document;
}

type ArrayPart = (value: unknown, whole: Document) => unknown;

/** A field of the projection tree: kept, dropped, cut, or with fields below. */
type Node = { readonly keep: boolean } | { readonly part: ArrayPart } | Tree;
type Tree = Map<string, Node>;

/**
 * Compiles a projection.
 *
 * @param projection The projection as the client sent it; empty keeps all.
 * @param use Filter and variables of the query.
 * @returns A function from a document to what is left of it.
 * @throws {MongoError} Location31253 or 31254 for mixing inclusion with exclusion.
 */
export function compileProjection(
  projection: Document,
  use: ProjectionUse,
): (document: Document) => Document {
  if (Object.keys(projection).length === 0) return (document) => document;
  const builder = new ProjectionBuilder(use);
  builder.addAll(projection, "");
  const { tree, computed, isInclusion } = builder;
  return (document) => {
    const result = shape(document, tree, {
      keepsRest: !isInclusion,
      whole: document,
    });
    return computed.reduce(
      (shaped, [path, evaluate]) =>
        setAtPath(shaped, path.split("."), evaluate(document)),
      result,
    );
  };
}

class ProjectionBuilder {
  readonly tree: Tree = new Map();
  readonly computed: [string, Expression][] = [];
  #mode: "inclusion" | "exclusion" | undefined;
  #keepsId = true;
  #isIdNamed = false;
  #hasElemMatch = false;

  constructor(readonly use: ProjectionUse) {}

  get isInclusion(): boolean {
    const mode = this.#mode ??
      (this.#hasElemMatch || this.computed.length > 0 ||
          this.#isIdNamed && this.#keepsId
        ? "inclusion"
        : "exclusion");
    if (mode === "inclusion" && this.#keepsId) this.#put("_id", { keep: true });
    if (mode === "exclusion" && !this.#keepsId) {
      this.#put("_id", { keep: false });
    }
    return mode === "inclusion";
  }

  addAll(projection: Document, prefix: string): void {
    for (const [key, value] of Object.entries(projection)) {
      this.#add(prefix + key, value);
    }
  }

  #add(path: string, value: unknown): void {
    if (path.endsWith(".$")) return this.#addPositional(path.slice(0, -2));
    if (typeof value === "boolean" || isNumeric(value)) {
      return this.#addFlag(path, isTruthy(value));
    }
    const [operator] = isDocument(value) ? Object.keys(value) : [];
    if (!isDocument(value) || operator === undefined) {
      return this.#addComputed(path, value);
    }
    if (!operator.startsWith("$")) return this.addAll(value, path + ".");
    if (this.use.filter === undefined) return this.#addComputed(path, value);
    if (operator === "$slice") return this.#addSlice(path, value.$slice);
    if (operator === "$elemMatch") {
      return this.#addElemMatch(path, value.$elemMatch);
    }
    this.#addComputed(path, value);
  }

  #addFlag(path: string, keep: boolean): void {
    if (path === "_id") {
      this.#keepsId = keep;
      this.#isIdNamed = true;
      return;
    }
    this.#setMode(path, keep ? "inclusion" : "exclusion");
    this.#put(path, { keep });
  }

  #addComputed(path: string, value: unknown): void {
    if (isDocument(value) && "$meta" in value) throw refuse("$meta");
    this.#setMode(path, "inclusion");
    if (path === "_id") this.#keepsId = false;
    this.#enter(path.split(".").slice(0, -1), path);
    const { variables } = this.use;
    this.computed.push([
      path,
      compileExpression(value, variables, "Location31325"),
    ]);
  }

  #addSlice(path: string, spec: unknown): void {
    const [first, second] = [spec].flat().map(toSafeInteger);
    if (first === undefined || Array.isArray(spec) && (second ?? 0) <= 0) {
      return this.#addComputed(path, { $slice: spec });
    }
    this.#put(path, {
      part: (array) => {
        if (!Array.isArray(array)) return array;
        if (second === undefined) {
          return first < 0 ? array.slice(first) : array.slice(0, first);
        }
        const start = first < 0 ? Math.max(array.length + first, 0) : first;
        return array.slice(start, start + second);
      },
    });
  }

  #addElemMatch(path: string, spec: unknown): void {
    if (!isDocument(spec) || path.includes(".")) {
      throw badValue(
        "Cannot use $elemMatch projection on a nested field or without an object",
      );
    }
    const matches = compileFilter({ v: { $elemMatch: spec } });
    this.#hasElemMatch = true;
    this.#put(path, {
      part: (array) => {
        if (!Array.isArray(array)) return undefined;
        const item = array.findIndex((candidate) =>
          matches({ v: [candidate] })
        );
        return item < 0 ? undefined : [array[item]];
      },
    });
  }

  #addPositional(path: string): void {
    this.#setMode(path, "inclusion");
    const { filter = {}, variables } = this.use;
    const matches = compileFilter(filter, variables);
    this.#put(path, {
      part: (array, whole) => {
        if (!Array.isArray(array)) return array;
        const trace: PathTrace = {};
        matches(whole, trace);
        if (trace.arrayIndex === undefined) {
          throw new MongoError(
            "Location51246",
            "Executor error during find command: positional operator '.$' couldn't find a matching element in the array",
          );
        }
        return array.slice(trace.arrayIndex, trace.arrayIndex + 1);
      },
    });
  }

  #setMode(path: string, mode: "inclusion" | "exclusion"): void {
    if (this.#mode !== undefined && this.#mode !== mode) {
      throw new MongoError(
        mode === "inclusion" ? "Location31253" : "Location31254",
        `Cannot do ${mode} on field ${path} in ${this.#mode} projection`,
      );
    }
    this.#mode = mode;
  }

  #put(path: string, node: Node): void {
    const parts = path.split(".");
    const last = parts.pop() ?? "";
    const tree = this.#enter(parts, path);
    if (tree.has(last)) throw collision("Location31250", path);
    tree.set(last, node);
  }

  /** The tree below those parts, which is made where there is none. */
  #enter(parts: readonly string[], path: string): Tree {
    let tree = this.tree;
    for (const part of parts) {
      const next = tree.get(part);
      if (next instanceof Map) tree = next;
      else if (next === undefined) {
        const created: Tree = new Map();
        tree.set(part, created);
        tree = created;
      } else throw collision("Location31249", path);
    }
    return tree;
  }
}

function collision(codeName: CodeName, path: string): MongoError {
  return new MongoError(codeName, `Path collision at ${path}`);
}

/** Walks document and tree together; `keepsRest` says what an unnamed field does. */
function shape(
  document: Document,
  tree: Tree,
  use: { readonly keepsRest: boolean; readonly whole: Document },
): Document {
  const result: Document = {};
  for (const field of Object.keys(document)) {
    const node = tree.get(field);
    const value = document[field];
    const kept = node === undefined
      ? (use.keepsRest ? value : undefined)
      : shapeValue(value, node, use);
    if (kept !== undefined) setField(result, field, kept);
  }
  return result;
}

function shapeValue(
  value: unknown,
  node: Node,
  use: Parameters<typeof shape>[2],
): unknown {
  if (!(node instanceof Map)) {
    if ("keep" in node) return node.keep ? value : undefined;
    return node.part(value, use.whole);
  }
  if (isDocument(value)) return shape(value, node, use);
  if (!Array.isArray(value)) return use.keepsRest ? value : undefined;
  return value.map((item) => shapeValue(item, node, use))
    .filter((item) => item !== undefined);
}
