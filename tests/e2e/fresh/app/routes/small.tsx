import SmallCounter from "../islands/SmallCounter.tsx";

export default function Small() {
  return <SmallCounter start={1} />;
}
