export default function NewUser() {
  return <p>new</p>;
}
