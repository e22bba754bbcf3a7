/**
 * Decides which call is made next, within the limits on what is in flight.
 *
 * Event-driven: whoever makes a call due wakes it, nothing polls. Requests begin as many at once as
 * there is room for; while events flood in, `Pace` leaves less. Functions take turns; one that is
 * at its limit is passed over. A call whose keyed limit is full is parked on disk and comes back
 * when a slot of that key is free.
 */
import { Alarm } from "./alarm.ts";
import type { AppDriver } from "./app_driver.ts";
import { type DueCall, executeCall, readDueCall } from "./execute_call.ts";
import type { RegisteredFunction } from "./function_registry.ts";
import type { InFlight } from "./in_flight.ts";
import type { Kernel } from "./kernel.ts";
import { Lanes, readLanes } from "./lanes.ts";
import { pause, untilWritten } from "./until_written.ts";

/** How many requests may be in flight, by the kind of driver. */
export interface Parallelism {
  readonly inProcess: number;
  readonly byUrl: number;
}

/** Takes due calls and has them executed. */
export class Dispatcher {
  readonly #kernel: Kernel;
  readonly #drivers: ReadonlyMap<string, AppDriver>;
  readonly #signingKey: string;
  readonly #inFlight: InFlight;
  readonly #parallelism: Parallelism;
  readonly #lanes = new Lanes();
  readonly #running = new Set<Promise<void>>();
  readonly #countByFunction = new Map<number, number>();
  readonly #countByDriver = new Map<AppDriver, number>();
  readonly #calm: Alarm;
  #turn = 0;
  #isScheduled = false;
  #isClosed = false;

  /** @param options the engine's parts, its apps by id, the key and the limits */
  constructor(options: {
    kernel: Kernel;
    drivers: ReadonlyMap<string, AppDriver>;
    signingKey: string;
    inFlight: InFlight;
    parallelism: Parallelism;
  }) {
    this.#kernel = options.kernel;
    this.#drivers = options.drivers;
    this.#signingKey = options.signingKey;
    this.#inFlight = options.inFlight;
    this.#parallelism = options.parallelism;
    this.#calm = new Alarm(options.kernel.clock, () => this.wake());
  }

  /** Looks for due calls in the next turn of the event loop. */
  wake(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (!this.#isClosed && this.#beginOne());
    });
  }

  /** @returns how many requests and other tasks are under way, each of which will write */
  get runningCount(): number {
    return this.#running.size;
  }

  /**
   * Begins nothing more and waits for what is in flight.
   *
   * @param graceMs how long; what is not back by then is made again by the next engine
   */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    this.#calm.cancel();
    if (this.#running.size === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const grace = new Promise<void>((resolve) =>
      timer = setTimeout(resolve, graceMs)
    );
    await Promise.race([Promise.allSettled(this.#running), grace]);
    clearTimeout(timer);
  }

  /** @returns whether a call was taken, so that there may be more */
  #beginOne(): boolean {
    const functions = this.#kernel.registry.withArchived();
    for (let i = 0; i < functions.length; i++) {
      const fn = functions[(this.#turn + i) % functions.length];
      const driver = fn && this.#drivers.get(fn.appId);
      if (!fn || !driver || !this.#hasRoom(fn, driver)) continue;
      const callId = this.#kernel.calls.take(fn.id);
      if (callId === undefined) continue;
      this.#turn += i + 1;
      this.#begin(callId, fn, driver);
      return true;
    }
    return false;
  }

  #hasRoom(fn: RegisteredFunction, driver: AppDriver): boolean {
    if ((this.#countByFunction.get(fn.id) ?? 0) >= fn.maxInFlight) return false;
    const { inProcess, byUrl } = this.#parallelism;
    const count = this.#countByDriver.get(driver) ?? 0;
    if (!driver.isInProcess) return count < byUrl;
    if (count < this.#kernel.pace.limit(inProcess)) return true;
    if (count < inProcess) this.#calm.ringBy(this.#kernel.pace.calmMs);
    return false;
  }

  #begin(callId: number, fn: RegisteredFunction, driver: AppDriver): void {
    const due = readDueCall(this.#kernel, callId);
    if (!due) {
      this.#kernel.calls.release(fn.id, callId);
      const idle = this.#kernel.calls.parkedLanes().filter((lane) =>
        this.#lanes.isIdle(lane)
      );
      this.#unpark(idle); // the call that is gone may have been woken in place of another
      return;
    }
    const lanes = readLanes(due.lanes);
    const full = this.#lanes.findFull(lanes);
    const names = lanes.map(([name]) => name);
    const task = full === undefined
      ? this.#execute(due, fn, driver, names)
      : this.#park(due, full, names);
    this.#track(task);
  }

  async #execute(
    due: DueCall,
    fn: RegisteredFunction,
    driver: AppDriver,
    lanes: readonly string[],
  ): Promise<void> {
    this.#count(fn, driver, 1);
    this.#lanes.enter(lanes);
    let againMs: number | undefined;
    try {
      await executeCall(this.#kernel, due, {
        fn,
        driver,
        signingKey: this.#signingKey,
        inFlight: this.#inFlight,
      });
    } catch {
      await pause(this.#kernel); // the call is still in the queue, and is made again
      againMs = due.due_at;
    }
    this.#count(fn, driver, -1);
    this.#lanes.leave(lanes);
    if (this.#isClosed) return;
    this.#kernel.calls.release(fn.id, due.call_id, againMs);
    this.#unpark(lanes);
    this.wake();
  }

  /** The call gives up its turn in its other lanes, so the next in line there is woken. */
  async #park(
    due: DueCall,
    full: string,
    lanes: readonly string[],
  ): Promise<void> {
    const { calls } = this.#kernel;
    await untilWritten(this.#kernel, () => calls.park(due.call_id, full));
    this.#unpark(lanes.filter((lane) => lane !== full));
  }

  #unpark(lanes: readonly string[]): void {
    if (lanes.length === 0 || this.#isClosed) return;
    const task = Promise.all(
      lanes.map((lane) =>
        untilWritten(this.#kernel, () => this.#kernel.calls.unpark(lane))
      ),
    ).then(() => {});
    this.#track(task);
  }

  #track(task: Promise<void>): void {
    const tracked = task.catch(() => {}).finally(() =>
      this.#running.delete(tracked)
    );
    this.#running.add(tracked);
  }

  #count(fn: RegisteredFunction, driver: AppDriver, change: number): void {
    this.#countByFunction.set(
      fn.id,
      (this.#countByFunction.get(fn.id) ?? 0) + change,
    );
    this.#countByDriver.set(
      driver,
      (this.#countByDriver.get(driver) ?? 0) + change,
    );
  }
}
