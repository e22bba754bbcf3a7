/** `distinct`: the different values of a field, array elements each for itself. */

import { MemoryBound } from "../aggregate/memory_bound.ts";
import { compareBytes } from "../bson/compare_values.ts";
import { encodeOrderKey } from "../bson/order_key.ts";
import { MongoError } from "../errors.ts";
import { visitPath } from "../query/visit_path.ts";
import { selectRows } from "../storage/select_rows.ts";
import { type Command, findNamedCollection, readSelection } from "./command.ts";

/** The command. */
export const distinct: Command = {
  fields: ["key", "query", "hint", "collation"],
  run: (request, context) => {
    const { command } = request;
    const selection = readSelection(command, "query");
    if (typeof command.key !== "string" || command.key === "") {
      throw new MongoError("TypeMismatch", "distinct needs a key");
    }
    const rows = selectRows(findNamedCollection(request, context), selection);
    const found = new Map<string, { key: Uint8Array; value: unknown }>();
    const bound = new MemoryBound("distinct");
    const parts = command.key.split(".");
    for (const row of rows) {
      visitPath(row.document, {
        parts,
        leaf: "elements",
        test: (value) => {
          if (
            value === undefined || Array.isArray(value) && value.length === 0
          ) {
            return false;
          }
          const key = encodeOrderKey(value);
          const name = key.join();
          if (found.has(name)) return false;
          bound.addDocument({ value });
          found.set(name, { key, value });
          return false;
        },
      });
    }
    const values = [...found.values()]
      .sort((left, right) => compareBytes(left.key, right.key))
      .map(({ value }) => value);
    return { values, ok: 1 };
  },
};
