/**
 * Writes the properties of islands as text that client/boot.ts reads back.
 *
 * devalue knows dates, maps, sets, big integers, undefined, URLs and cycles; to
 * these come signals and slots. Instances of other classes lose their class, as
 * in Fresh; functions are refused.
 */
import { isValidElement } from "preact";
import { DevalueError, stringify } from "devalue";
import { SlotContent } from "./island_markers.ts";
import type { IslandProps, Slot } from "./render_state.ts";

/** The text, and what it takes to read it. */
export interface SerializedProps {
  /** JSON for `devalue.parse`. */
  readonly json: string;
  /** Whether the signals script is needed. */
  readonly hasSignals: boolean;
}

/**
 * Serialises the properties of all islands of a page, so that values which
 * several of them share stay shared.
 *
 * @param islandProps In the order of their markers.
 * @returns The text.
 * @throws {TypeError} when a property holds a function or a symbol; the error
 * names the island and the property.
 */
export function serializeIslandProps(
  islandProps: readonly IslandProps[],
): SerializedProps {
  let hasSignals = false;
  const readSignal = (value: unknown, isComputed: boolean) => {
    if (!isSignal(value) || isComputedSignal(value) !== isComputed) return;
    hasSignals = true;
    return [value.peek()];
  };
  const reducers = {
    Computed: (value: unknown) => readSignal(value, true),
    Signal: (value: unknown) => readSignal(value, false),
    Slot: readSlot,
    Plain: (value: unknown) => isOdd(value) && copyPlain(value),
  };
  try {
    const json = stringify(islandProps.map(({ props }) => props), reducers);
    return { json, hasSignals };
  } catch (error) {
    throw explainFailure(error, islandProps);
  }
}

interface SignalLike {
  peek(): unknown;
  value: unknown;
}

/**
 * Tells signals by their shape: an app may not use them at all.
 *
 * @param value Any value.
 * @returns Whether it is a signal, computed or not.
 */
export function isSignal(value: unknown): value is SignalLike {
  return typeof value === "object" && value !== null && "value" in value &&
    "peek" in value && typeof value.peek === "function";
}

/** Only a computed signal keeps a function; signals-core names it `x`. */
function isComputedSignal(signal: SignalLike): boolean {
  return "x" in signal && typeof signal.x === "function" ||
    "_fn" in signal && typeof signal._fn === "function";
}

function readSlot(value: unknown): [number, string] | undefined {
  if (!isValidElement(value) || value.type !== SlotContent) return;
  const { slot } = value.props as unknown as { slot: Slot }; // by its type
  return [slot.id, slot.name];
}

/** An object that devalue refuses: of a class, or with a key that it fears. */
function isOdd(value: unknown): value is object {
  if (Object.prototype.toString.call(value) !== "[object Object]") return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null ||
    Reflect.ownKeys(Object(value)).some(isFeared);
}

function isFeared(key: string | symbol): boolean {
  return typeof key === "symbol" || key === "__proto__";
}

function copyPlain(value: object): Record<string, unknown> {
  const entries = Object.entries(value).filter(([key]) => !isFeared(key));
  return Object.fromEntries(entries);
}

function explainFailure(
  error: unknown,
  islandProps: readonly IslandProps[],
): unknown {
  if (!(error instanceof DevalueError)) return error;
  const [, index, path = ""] = /^\[(\d+)\](.*)$/.exec(error.path ?? "") ?? [];
  const name = islandProps[Number(index)]?.island.name;
  const kind = typeof error.value;
  return new TypeError(
    `Cannot pass prop "${
      path.replace(/^\./, "")
    }" to ${name}: a ${kind} cannot be sent to the browser`,
    { cause: error },
  );
}
