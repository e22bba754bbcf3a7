import Panel from "../islands/Panel.tsx";
import SmallCounter from "../islands/SmallCounter.tsx";

export default function Slots() {
  return (
    <main>
      <Panel id="open" title={<em>Open</em>} isOpen>
        <p class="inner">Inside</p>
        <SmallCounter start={10} />
      </Panel>
      <Panel id="closed" title={<em>Closed</em>} isOpen={false}>
        <p class="inner">Hidden at first</p>
        <Panel id="nested" title={<b>Nested</b>} isOpen>
          <input type="checkbox" checked aria-label="Box" />
        </Panel>
      </Panel>
    </main>
  );
}
