// A bar chart of our own, drawn as SVG: bars over time, a darker part of each, and a mark with its number above those that
// want attention. Used by activity and timelines. Never the only way to the numbers: its caller gives a table beside it.
import { Table, Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useWords } from "../locales/words";
import { ScrollBox } from "./scroll_box";

export interface Bar {
  label: string; // of its time, in full
  tick: string; // below it, short
  value: number;
  part: number; // of value, drawn darker
  mark: number; // 0: none
}

const widthFirst = 720; // until the page has told how wide the place is
const height = 170;
const floor = 140;
const ceiling = 22;
const tickWidth = 80;

export function BarChart({ bars, summary, valueText }: { bars: Bar[]; summary: string; valueText: (value: number) => string }) {
  const { ref, width: measured } = useElementSize();
  const width = measured > 0 ? measured : widthFirst;
  const peak = Math.max(1, ...bars.map((bar) => bar.value));
  const step = width / Math.max(1, bars.length);
  const every = Math.ceil(bars.length / Math.max(1, Math.floor(width / tickWidth)));
  const tall = (value: number) => (value / peak) * (floor - ceiling);
  return (
    <div ref={ref}>
      <svg width={width} height={height} role="img" aria-label={summary} style={{ display: "block" }}>
        <line x1={0} x2={width} y1={floor} y2={floor} stroke="#868e96" strokeWidth={1} />
        <text x={2} y={12} fontSize={12} fill="#495057">{valueText(peak)}</text>
        {bars.map((bar, at) => {
          const x = at * step + step * 0.12;
          const wide = step * 0.76;
          return (
            <g key={bar.label}>
              <title>{`${bar.label}: ${valueText(bar.value)}`}</title>
              <rect x={x} y={floor - tall(bar.value)} width={wide} height={tall(bar.value)} fill="#38a38d" />
              <rect x={x} y={floor - tall(bar.part)} width={wide} height={tall(bar.part)} fill="#343a40" />
              {bar.mark > 0 && (
                <text x={x + wide / 2} y={Math.max(floor - tall(bar.value) - 3, 12)} fontSize={11} fill="#a51111" textAnchor="middle">▲{step > 18 ? bar.mark : ""}</text>
              )}
              {at % every === 0 && <text x={x} y={floor + 16} fontSize={12} fill="#495057">{bar.tick}</text>}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

// The same numbers for whoever does not see the chart, or wants to copy them.
export function BarTable({ heads, rows }: { heads: string[]; rows: string[][] }) {
  const { say } = useWords();
  return (
    <details>
      <summary>{say("state.table")}</summary>
      <ScrollBox label={say("state.table")} tall={320}>
        <Table>
          <Table.Thead>
            <Table.Tr>{heads.map((head, at) => <Table.Th key={head} ta={at === 0 ? "left" : "right"}>{head}</Table.Th>)}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row[0]}>{row.map((cell, at) => <Table.Td key={heads[at]} ta={at === 0 ? "left" : "right"}>{cell}</Table.Td>)}</Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
    </details>
  );
}

// What the colours and the mark mean: with a shape beside each.
export function Legend({ entries }: { entries: { mark: string; colour: string; words: string }[] }) {
  return (
    <Text size="sm">
      {entries.map((entry) => (
        <span key={entry.words} style={{ marginRight: 16, display: "inline-block" }}>
          <span aria-hidden style={{ color: entry.colour }}>{entry.mark}</span> {entry.words}
        </span>
      ))}
    </Text>
  );
}
