export default function About() {
  return (
    <>
      <img src="/style.css" srcset="/style.css 1x, /other.css 2x" />
      <img src="/plain.png" data-fresh-disable-lock />
    </>
  );
}
