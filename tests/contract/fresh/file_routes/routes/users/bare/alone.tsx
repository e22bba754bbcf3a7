import type { RouteConfig } from "fresh";

export const config: RouteConfig = {
  skipInheritedLayouts: true,
  skipAppWrapper: true,
};

export default function Alone() {
  return <p>alone</p>;
}
