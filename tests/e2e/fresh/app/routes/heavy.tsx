import { HeavyFeature } from "../islands/HeavyFeature.tsx";

export default function Heavy() {
  return <HeavyFeature />;
}
