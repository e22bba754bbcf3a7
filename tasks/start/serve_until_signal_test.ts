import { assertEquals } from "@std/assert";
import { refuseMalformed } from "./serve_until_signal.ts";

const INFO: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  completed: Promise.resolve(),
};

const CASES: [string, number][] = [
  ["/dashboard", 200],
  ["/dashboard/users/%C3%A9", 200],
  ["/dashboard/users/%ff", 400],
  ["/%", 400],
  ["/%E0%A4%A", 400],
  ["/users?q=%ff", 200],
];

for (const [path, status] of CASES) {
  Deno.test(`refuseMalformed() answers ${path} with ${status}`, async () => {
    const handler = refuseMalformed(() => new Response());
    const response = await handler(new Request(`http://h${path}`), INFO);
    assertEquals(response.status, status);
  });
}
