/** Entry of `deno task dev` (watch and reload) and `deno task build`. */
import { load } from "@std/dotenv";
import { Builder } from "fresh/dev";
import { readConfig } from "./lib/config.ts";
import { answerThrown } from "./lib/refuse_malformed.ts";

const builder = new Builder();
if (Deno.args.includes("build")) {
  await builder.build();
} else {
  await load({ export: true });
  const { host, port } = readConfig(Deno.env.toObject());
  await builder.listen(() => import("./main.ts"), {
    hostname: host,
    port,
    onError: answerThrown,
  });
}
