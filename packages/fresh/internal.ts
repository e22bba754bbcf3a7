/**
 * `fresh/internal`: what the generated `_fresh/server.js` imports.
 *
 * Not for applications.
 *
 * @module
 */
export { setBuildCache } from "./app.ts";
export {
  type DiskSnapshot,
  type IslandModule,
  ProdBuildCache,
  type SnapshotFile,
} from "./snapshot.ts";
