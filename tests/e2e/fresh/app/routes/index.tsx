export default function Home() {
  return (
    <main>
      <h1>No islands here</h1>
      <img src="/logo.svg" alt="Logo" />
    </main>
  );
}
