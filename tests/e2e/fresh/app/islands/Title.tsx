import { useState } from "preact/hooks";
import { Head } from "fresh/runtime";

export default function Title() {
  const [title, setTitle] = useState("Welcome");
  return (
    <>
      <Head>
        <title>{title}</title>
        <meta name="named" content={title} />
        <meta key="keyed" property="keyed" content={title} />
        <meta id="identified" content={title} />
        {title !== "Welcome" && <meta name="late" content="late" />}
      </Head>
      <button type="button" onClick={() => setTitle("R&D")}>Change</button>
    </>
  );
}
