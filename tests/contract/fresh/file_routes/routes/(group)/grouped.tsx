import { Title } from "./(_components)/Title.tsx";

export default function Grouped() {
  return <Title text="grouped" />;
}
