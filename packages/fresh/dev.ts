/**
 * `fresh/dev`: builds an app, and runs it in development.
 *
 * @module
 */
export {
  Builder,
  type BuildOptions,
  type ResolvedBuildConfig,
} from "./dev/builder.ts";
