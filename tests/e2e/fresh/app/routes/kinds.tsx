import Kinds from "../islands/Kinds.tsx";

/** Each of them would break out of the script, or out of its string. */
export const TEXTS = [
  "</script><script>document.title = 'broken'</script>",
  "<!--<script>",
  "\u2028\u2029",
  '"); document.title = "broken"; ("',
  "\\",
];

/** Its instances arrive as plain objects. */
class Point {
  constructor(readonly x: number) {}
}

export default function Page() {
  const ring: { self?: unknown } = {};
  ring.self = ring;
  return (
    <Kinds
      date={new Date(86_400_000)}
      map={new Map([["a", 1]])}
      set={new Set(["b"])}
      big={12345678901234567890n}
      nothing={undefined}
      url={new URL("https://c.example/d")}
      bytes={new Uint8Array([1, 2, 255])}
      ring={ring}
      texts={TEXTS}
      pattern={/a\/<b/gi}
      numbers={[NaN, -0, Infinity, -Infinity]}
      gaps={[1, , 3]}
      instant={Temporal.Instant.fromEpochMilliseconds(86_400_000)}
      point={new Point(1)}
    />
  );
}
