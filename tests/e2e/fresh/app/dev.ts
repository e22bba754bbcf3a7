/** Builds the app, or runs it in development on the port given. */
import { Builder } from "fresh/dev";

const builder = new Builder({ root: import.meta.dirname ?? "." });
const [command, port] = Deno.args;
if (command === "build") await builder.build();
else {
  await builder.listen(() => import("./main.ts"), {
    hostname: "127.0.0.1",
    port: Number(port),
  });
}
