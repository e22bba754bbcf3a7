/**
 * CEL with the habits of Inngest's server: a missing field reads as null.
 *
 * Parsing, types and evaluation are cel-js's. What is added: before an evaluation every path of
 * the expression that the events lack is filled with null; null orders below everything; `+` joins
 * across types; `has(x)` is true or an error, never false; the server's extra functions.
 * Evaluation never throws: an expression that fails has the value `undefined`.
 */
import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import { IS_NOT_IMPLEMENTED } from "./gaps.ts";
import { isRecord } from "./inbound_event.ts";

/** What an expression can name: `event` is the trigger, `async` the event that arrives later. */
export interface ExpressionInput {
  readonly event: unknown;
  readonly async?: unknown;
}

/** An expression that was compiled once. */
export interface Expression {
  /** The fields it compares, when it says no more than that two of them are equal. */
  readonly equality: Equality | undefined;
  /** The first thing it does beyond comparing, joining with and/or/not, and int(), if any. */
  readonly calculation: string | undefined;
  /**
   * Evaluates the expression on events.
   *
   * @returns the value, or undefined when the evaluation fails
   */
  evaluate(input: ExpressionInput): unknown;
}

/** Keys and places from an event to a field. */
export type Path = readonly (string | number)[];

/** Where the compared fields are in each of the events. */
export interface Equality {
  readonly event: Path;
  readonly async: Path;
}

const STRING_OR_HAS = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\bhas\s*\(/g;
const LACKED = /\b(?:date|now|now_plus|now_minus)\s*\(/; // the server has them
const LOGIC = // operators of a cancelOn condition, on Inngest's server
  "id value . [] ?: && || !_ == != < <= > >= in".split(" ");
const CONVERSIONS = ["int", "uint", "double"];
const MAX_CACHED = 500; // expressions come with waits, so the cache is bounded
const environment = createEnvironment();
const compiled = new Map<string, Expression>();

/**
 * Compiles an expression.
 *
 * @param source CEL text over `event` and `async`
 * @returns the compiled expression
 * @throws {SyntaxError} when the text is not CEL, or names a function or variable that is unknown
 */
export function compileExpression(source: string): Expression {
  let expression = compiled.get(source);
  if (!expression) {
    expression = compile(source);
    if (compiled.size >= MAX_CACHED) compiled.clear();
    compiled.set(source, expression);
  }
  return expression;
}

function compile(source: string): Expression {
  const lacked = LACKED.exec(source.replaceAll(STRING_OR_HAS, ""))?.[0];
  if (lacked) {
    throw new SyntaxError(
      `Cannot compile expression: ${lacked}) ${IS_NOT_IMPLEMENTED}`,
    );
  }
  const text = source.replaceAll(
    STRING_OR_HAS,
    (all, quoted) => quoted ? all : "present(",
  );
  const program = parse(text);
  const paths = new Map<string, Path>();
  collectPaths(program.ast, paths);
  const wanted = [...paths.values()].sort((a, b) => b.length - a.length);
  return {
    equality: readEquality(program.ast),
    calculation: findCalculation(program.ast),
    evaluate(input: ExpressionInput): unknown {
      try {
        return program(fillPaths(input, wanted));
      } catch {
        return undefined; // the server, too, treats an expression that fails as one that is unknown
      }
    },
  };
}

function parse(text: string): ReturnType<typeof environment.parse> {
  try {
    const { valid, error } = environment.check(text);
    if (!valid) throw error ?? new SyntaxError("it is not valid");
    return environment.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error
      ? cause.message.split("\n")[0]
      : String(cause);
    throw new SyntaxError(`Cannot compile expression: ${reason}`, { cause });
  }
}

function createEnvironment(): Environment {
  const env = new Environment({ homogeneousAggregateLiterals: false })
    .registerVariable("event", "dyn").registerVariable("async", "dyn")
    .registerOperator("string + null", (left: string) => left)
    .registerOperator("null + string", (_: null, right: string) => right)
    .registerFunction("present(dyn): bool", requirePresent)
    .registerFunction(
      "lowercase(string): string",
      (text: string) => text.toLowerCase(),
    )
    .registerFunction(
      "uppercase(string): string",
      (text: string) => text.toUpperCase(),
    )
    .registerFunction("b64decode(string): string", (text: string) => atob(text))
    .registerFunction(
      "json_parse(string): dyn",
      (text: string) => JSON.parse(text),
    );
  for (const type of ["int", "double", "bool"]) {
    env.registerOperator(
      `string + ${type}`,
      (left: string, right: unknown) => left + right,
    );
    env.registerOperator(
      `${type} + string`,
      (left: unknown, right: string) => left + right,
    );
  }
  for (const type of ["int", "double", "string"]) {
    env.registerOperator(`null < ${type}`, () => true);
    env.registerOperator(`null <= ${type}`, () => true);
    env.registerOperator(`null > ${type}`, () => false);
    env.registerOperator(`null >= ${type}`, () => false);
  }
  return env;
}

function requirePresent(value: unknown): boolean {
  if (value === null) {
    throw new TypeError("Cannot tell whether a field exists: it is unknown");
  }
  return true;
}

/** Finds every chain of literal keys that starts at a variable: `event.data["a"][0].b`. */
function collectPaths(node: ASTNode, paths: Map<string, Path>): void {
  const path = readPath(node);
  if (path) {
    paths.set(JSON.stringify(path), path);
    return;
  }
  for (const child of childNodes(node)) collectPaths(child, paths);
}

function readEquality(node: ASTNode): Equality | undefined {
  const sides = node.op === "==" ? node.args.map(readPath) : [];
  const event = sides.find((path) => path?.[0] === "event");
  const async = sides.find((path) => path?.[0] === "async");
  return event && async && { event: event.slice(1), async: async.slice(1) };
}

/** As the server looks: not into the items of lists and maps. */
function findCalculation(node: ASTNode): string | undefined {
  if (node.op === "list" || node.op === "map") return undefined;
  if (node.op === "call" || node.op === "rcall") {
    const [name] = node.args;
    const isConversion = node.op === "call" && CONVERSIONS.includes(name);
    if (!isConversion) return name === "present" ? "has()" : `${name}()`;
  } else if (!LOGIC.includes(node.op)) {
    return node.op.replace("_", "");
  }
  return childNodes(node).map(findCalculation).find((found) => found);
}

function readPath(node: ASTNode): Path | undefined {
  if (node.op === "id") {
    return node.args === "event" || node.args === "async"
      ? [node.args]
      : undefined;
  }
  if (node.op !== "." && node.op !== "[]") return undefined;
  const [target, member] = node.args;
  const start = readPath(target);
  if (!start) return undefined;
  const key = typeof member === "string" ? member : readLiteralKey(member);
  return key === undefined ? undefined : [...start, key];
}

function readLiteralKey(node: ASTNode): string | number | undefined {
  if (node.op !== "value") return undefined;
  if (typeof node.args === "bigint") return Number(node.args);
  return typeof node.args === "string" ? node.args : undefined;
}

function childNodes(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) found.push(value);
  };
  visit(node.args);
  return found;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value &&
    "args" in value;
}

/** Deep paths come first, so that a missing parent becomes an object before it becomes null. */
function fillPaths(
  input: ExpressionInput,
  paths: readonly Path[],
): Record<string, unknown> {
  let filled: Record<string, unknown> = { ...input };
  for (const path of paths) {
    const next = fillPath(filled, path);
    if (isRecord(next)) filled = next;
  }
  return filled;
}

function fillPath(target: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return target ?? null;
  if (Array.isArray(target)) return fillIndex(target, key, rest);
  if (target !== undefined && target !== null && !isRecord(target)) {
    return target;
  }
  const record = target ?? {};
  const member = Object.hasOwn(record, key) ? record[key] : undefined;
  const filled = fillPath(member, rest);
  return filled === member && member !== undefined
    ? record
    : { ...record, [key]: filled };
}

function fillIndex(
  list: unknown[],
  key: string | number,
  rest: Path,
): unknown[] {
  if (typeof key !== "number" || key < 0 || key > 10_000) return list;
  const filled = fillPath(list[key], rest);
  if (filled === list[key]) return list;
  const copy: unknown[] = Array.from(
    { length: Math.max(list.length, key + 1) },
    (_, i) => list[i] ?? null,
  );
  copy[key] = filled;
  return copy;
}
