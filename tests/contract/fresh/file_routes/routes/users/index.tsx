export default function Users() {
  return <p>all</p>;
}
