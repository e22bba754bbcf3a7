import MyGreeting from "../islands/my-greeting.tsx";

export default function Page() {
  return <MyGreeting name="Fresh" />;
}
