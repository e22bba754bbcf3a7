export default function BareIndex() {
  return <p>bare</p>;
}
