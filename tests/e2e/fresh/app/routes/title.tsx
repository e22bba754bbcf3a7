import Title from "../islands/Title.tsx";

export default function Page() {
  return <Title />;
}
