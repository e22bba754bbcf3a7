import Show from "./Show.tsx";

export function Outer() {
  return (
    <section>
      <Show inner />
    </section>
  );
}
