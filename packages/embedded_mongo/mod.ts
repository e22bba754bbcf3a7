/**
 * An embedded MongoDB server for development, tests and small installations.
 *
 * Speaks MongoDB's wire protocol to the unmodified `npm:mongodb` driver, keeps
 * its data in SQLite and refuses by name what it does not do. See README.md.
 *
 * @module
 */

export {
  type EmbeddedMongo,
  startMongo,
  type StartMongoOptions,
} from "./start_mongo.ts";
