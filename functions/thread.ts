/**
 * The thread on which the embedded Inngest runs the durable functions; main.ts
 * starts it where no other Inngest is configured.
 */
import { hostEngine } from "../lib/parts/host_engine.ts";
import { createFunctions } from "./mod.ts";

hostEngine(createFunctions);
