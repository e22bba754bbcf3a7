export default function NotFound() {
  return <p>no such page</p>;
}
