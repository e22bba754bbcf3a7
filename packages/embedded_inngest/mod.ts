/**
 * A small durable engine that Inngest's official SDK runs on unchanged, in one process and one
 * SQLite file.
 *
 * It serves the part of Inngest's HTTP API that the SDK, operators and dashboards use, and calls
 * the app's serve handler with signed requests. What it does not do is in README.md; Inngest's own
 * server does it, under the same client.
 *
 * @module
 */
export type { Clock } from "./clock.ts";
export { type Engine, type EngineOptions, startEngine } from "./engine.ts";
export type { ServeHandler } from "./app_driver.ts";
export type { Retention } from "./prune.ts";
export type { Registration } from "./registration.ts";
