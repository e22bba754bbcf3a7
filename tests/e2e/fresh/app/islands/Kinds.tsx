import { useEffect, useState } from "preact/hooks";
import { IS_BROWSER } from "fresh/runtime";

export interface KindsProps {
  date: Date;
  map: Map<string, number>;
  set: Set<string>;
  big: bigint;
  nothing: undefined;
  url: URL;
  bytes: Uint8Array;
  ring: { self?: unknown };
  pattern: RegExp;
  numbers: readonly number[];
  gaps: readonly unknown[];
  instant: Temporal.Instant;
  point: { x: number };
  texts: readonly string[];
}

export default function Kinds(props: KindsProps) {
  const [revived, setRevived] = useState("not yet");
  useEffect(() => setRevived(describe(props)), []);
  return <output data-browser={IS_BROWSER}>{revived}</output>;
}

function describe(props: KindsProps): string {
  return JSON.stringify([
    props.date.getTime(),
    props.map.get("a"),
    props.set.has("b"),
    props.big === 12345678901234567890n,
    "nothing" in props && props.nothing === undefined,
    props.url.hostname,
    [...props.bytes],
    props.ring.self === props.ring,
    props.texts,
    String(props.pattern),
    props.numbers.map((number) => Object.is(number, -0) ? "-0" : `${number}`),
    [1 in props.gaps, props.gaps.length],
    props.instant.epochMilliseconds,
    [props.point.x, props.point.constructor === Object],
  ]);
}
