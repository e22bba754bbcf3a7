/** What a request carries through the middlewares, and Fresh's typed helpers for it. */
import { createDefine } from "fresh";
import type { Session } from "./auth/session.ts";
import type { Services } from "./services.ts";

/** State of one request. */
export interface State {
  /** The open services; set by the root middleware. */
  services: Services;
  /** Who is signed in; set by the dashboard's middleware. */
  session: Session | null;
  /** Where the live feed was before the page was read; set with the session. */
  feedPosition: string;
}

/** Fresh's `define`, knowing our state. */
export const define = createDefine<State>();
