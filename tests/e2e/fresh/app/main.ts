/** A small app that shows what islands can do; the tests beside it run it. */
import { App, csp, staticFiles } from "fresh";

export const app = new App()
  .use(csp({ useNonce: true, csp: ["upgrade-insecure-requests"] }))
  .use(staticFiles())
  .fsRoutes();
