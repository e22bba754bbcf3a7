/**
 * The contract tests on which SecantusDB differs from MongoDB, and how.
 *
 * Where the two disagree, the contract follows MongoDB's documentation.
 */

/** Name of the test → what SecantusDB does instead. */
export const KNOWN_DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ["aggregate(): $count of nothing is nothing", "answers a count of 0"],
  ["an unknown field of a command is refused", "ignores the field"],
  ["a compound index refuses two parallel arrays", "indexes both"],
  [
    "explain() tells what serves a sort after an equality",
    "sorts although the index has the order",
  ],
  [
    "queries by an index agree with queries without",
    "an index compares across types of values",
  ],
  [
    "aggregate() refuses an accumulator that is called so",
    "answers code 14 instead of 40234",
  ],
  ["a bad name of a collection is refused", "takes some of them"],
  ["distinct() lists values once, elements each", "keeps another order"],
  [
    "updateOne(): $set puts new fields in order of name",
    "keeps the order of the update",
  ],
  [
    "updateOne(): $rename takes its turn by the path it writes to",
    "keeps the order of the update",
  ],
  ["updateOne() refuses $[] on a scalar", "passes over it"],
  [
    "updateOne() refuses an upsert whose filter pins a path twice",
    "takes the last one",
  ],
  [
    "updateOne() refuses a stage that an update may not have",
    "answers code 168 instead of 72",
  ],
  ["findandmodify is findAndModify", "fails within"],
  [
    "an expression: a path passes over elements that are no documents",
    "follows no path through an array",
  ],
  ["insertOne() refuses an array as _id", "takes it"],
  ["an expression computes $unsetField", "does not know it"],
  [
    "a regular expression finds itself and what it matches, whatever the index",
    "takes a prefix for equality with the expression",
  ],
  [
    "createIndexes() builds all of its indexes or none",
    "keeps those before the one that failed",
  ],
  ["a partial index takes plain conditions only", "takes others, too"],
  ["createIndex() refuses a TTL over several fields", "takes it"],
  ["a transaction answers as on a standalone mongod", "takes it"],
  ["$set refuses paths that lead through each other", "takes the first"],
  ["$set refuses an empty name in a path", "passes over it"],
]);
