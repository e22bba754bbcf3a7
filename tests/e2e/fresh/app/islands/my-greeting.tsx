import { useEffect, useState } from "preact/hooks";
import { IS_BROWSER } from "fresh/runtime";

/** A custom element, whose code is loaded when the island needs it. */
export default function MyGreeting({ name }: { name: string }) {
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    void import("../greeting_element.ts").then(() => setReady(true));
  }, []);
  if (!IS_BROWSER || !isReady) return <p>Hello</p>;
  return <my-greeting name={name} />;
}

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "my-greeting": { name: string };
    }
  }
}
