/**
 * Waiting for an embedded engine's runs to get somewhere, by its REST API.
 */
import type { Engine } from "../../../packages/embedded_inngest/mod.ts";
import { callApi } from "./start_app.ts";

const MAX_TURNS = 5_000;

interface OpenRun {
  readonly id: string;
}

interface ShownStep {
  readonly name: string;
}

/** Waits until so many open runs have a step of that name, planned, waiting or done. */
export async function untilStep(
  engine: Engine,
  name: string,
  count = 1,
): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const runs = await read<OpenRun[]>(
      engine,
      "/api/v2/runs?status=QUEUED,RUNNING&limit=100",
    );
    const steps = await Promise.all(
      runs.map(({ id }) =>
        read<{ steps: ShownStep[] }>(engine, `/v1/runs/${id}`)
      ),
    );
    const there = steps.filter((run) =>
      run.steps.some((step) => step.name === name)
    );
    if (there.length >= count) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`Cannot wait for step "${name}": no run comes to it`);
}

async function read<T>(engine: Engine, path: string): Promise<T> {
  const { body } = await callApi(engine, path);
  return (body as { data: T }).data;
}
