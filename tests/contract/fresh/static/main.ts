import { App, staticFiles } from "fresh";

/** Serves the folder beside it. */
export const app = new App().use(staticFiles())
  .get("/favicon.ico", () => new Response("never"))
  .fsRoutes();
