/**
 * A database whose every call can be watched, delayed and broken off: what a
 * crash between any two calls leaves behind is what the next reader finds.
 */
import type { Collection, Db, MongoClient } from "mongodb";

/** Runs one call to the database, or does not. */
export type CallGuard = <T>(call: () => Promise<T>) => Promise<T>;

const GUARDED = new Set([
  "bulkWrite",
  "insertOne",
  "updateOne",
  "findOne",
  "deleteOne",
  "deleteMany",
  "findOneAndUpdate",
  "findOneAndDelete",
]);

/**
 * Wraps a database.
 *
 * @param db The real one.
 * @param guard Called around each call that a sync write makes.
 * @returns A database that behaves like the real one.
 */
export function steppedDb(db: Db, guard: CallGuard): Db {
  return new Proxy(db, {
    get(target, name) {
      if (name === "collection") {
        return (collection: string) =>
          steppedCollection(target.collection(collection), guard);
      }
      if (name === "client") return steppedClient(target.client, guard);
      return bound(target, name);
    },
  });
}

/** Of the client, only the write across collections is a call. */
function steppedClient(client: MongoClient, guard: CallGuard): MongoClient {
  return new Proxy(client, {
    get(target, name) {
      const value = bound(target, name);
      if (typeof value !== "function") return value;
      if (name !== "bulkWrite") return refuse(String(name));
      return (...args: unknown[]) => guard(() => value(...args));
    },
  });
}

function steppedCollection(
  collection: Collection,
  guard: CallGuard,
): Collection {
  return new Proxy(collection, {
    get(target, name) {
      const value = bound(target, name);
      if (typeof value !== "function") return value;
      if (name === "aggregate") {
        return (...args: unknown[]) => ({
          toArray: () => guard(() => value(...args).toArray()),
        });
      }
      if (!GUARDED.has(String(name))) return refuse(String(name));
      return (...args: unknown[]) => guard(() => value(...args));
    },
  });
}

/** A call that nobody can break off would make a test of crashes a lie. */
function refuse(name: string): () => never {
  return () => {
    throw new TypeError(`Cannot call ${name}: this database does not watch it`);
  };
}

// deno-lint-ignore no-explicit-any -- a proxy hands on whatever its target has
function bound(target: object, name: string | symbol): any {
  const value = Reflect.get(target, name, target);
  return typeof value === "function" ? value.bind(target) : value;
}
