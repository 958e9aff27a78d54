// What a decision's card, merchant and terminal did before and after it: three lanes over time, drawn, told in a sentence
// each, and as a table. Used by the page of a decision.
import { Anchor, Card, Group, SegmentedControl, Stack, Table, Text, Title } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { get, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { Legend } from "../../ui/bars";
import { timeText } from "../../ui/format";
import { ScrollBox } from "../../ui/scroll_box";
import { Failure, Loading } from "../../ui/states";
import { amountText, Asked, merchantText, useHitWords } from "./decisions";

type Item = Schemas["DecisionItem"];
const lanes = ["card", "merchant", "terminal"] as const;
type Lane = (typeof lanes)[number];

export function Around({ id }: { id: string }) {
  const { say } = useWords();
  const [lane, setLane] = useState<Lane>("card");
  const around = useQuery({ queryKey: ["decision", id, "around"], queryFn: () => get("/desk/decisions/{id}/around", { id }) });
  if (around.error) return <Failure error={around.error} again={() => void around.refetch()} />;
  if (!around.data) return <Loading />;
  const { item } = around.data;
  const there = lanes.filter((one) => around.data[one] !== null);
  const chosen = there.includes(lane) ? lane : (there[0] ?? "card");
  const history = around.data[chosen];
  const rows = history === null ? [] : [...history.before, item, ...history.after];
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("decision.around")}</Title>
      {there.length === 0 ? <Text c="dimmed">{say("decision.around.none")}</Text> : (
        <>
          <Lanes item={item} lanes={there.map((one) => ({ lane: one, history: around.data[one] }))} />
          <SegmentedControl my="xs" size="xs" value={chosen} onChange={(value) => setLane(value as Lane)} aria-label={say("decision.around")}
            data={there.map((one) => ({ value: one, label: say(`decision.around.${one}`) }))} />
          <AroundTable rows={rows} present={item.id} />
        </>
      )}
    </Card>
  );
}

const laneHeight = 34;
const left = 96;

// By order of time, not by distance: a burst of ten within a minute is to be seen as ten.
function Lanes({ item, lanes: drawn }: { item: Item; lanes: { lane: Lane; history: Schemas["DecisionHistory"] | null }[] }) {
  const { say } = useWords();
  const { ref, width: measured } = useElementSize();
  const width = measured > 0 ? measured : 720;
  const all = new Map<string, Item>([[item.id, item]]);
  for (const { history } of drawn) for (const one of [...(history?.before ?? []), ...(history?.after ?? [])]) all.set(one.id, one);
  const order = [...all.values()].sort((a, b) => a.sequence - b.sequence);
  const place = new Map(order.map((one, at) => [one.id, left + ((at + 0.5) * (width - left)) / order.length]));
  const summaries = drawn.map(({ lane, history }) => {
    const both = [...(history?.before ?? []), ...(history?.after ?? [])];
    return say("decision.around.summary", {
      lane: say(`decision.around.${lane}`), before: history?.before.length ?? 0, after: history?.after.length ?? 0, fired: both.filter((one) => one.fired).length,
    });
  });
  const height = drawn.length * laneHeight + 22;
  return (
    <div ref={ref}>
      <svg width={width} height={height} role="img" aria-label={summaries.join("; ")} style={{ display: "block" }}>
        <line x1={place.get(item.id)} x2={place.get(item.id)} y1={0} y2={height - 20} stroke="#087f5b" strokeDasharray="3 3" />
        {drawn.map(({ lane, history }, row) => {
          const y = row * laneHeight + laneHeight / 2;
          return (
            <g key={lane}>
              <text x={0} y={y + 4} fontSize={12} fill="#343a40">{say(`decision.around.${lane}`)}</text>
              <line x1={left} x2={width} y1={y} y2={y} stroke="#ced4da" />
              {[...(history?.before ?? []), ...(history?.after ?? [])].map((one) => <Mark key={one.id} item={one} x={place.get(one.id) ?? 0} y={y} />)}
              <circle cx={place.get(item.id)} cy={y} r={7} fill="none" stroke="#087f5b" strokeWidth={3} />
            </g>
          );
        })}
        <text x={left} y={height - 4} fontSize={12} fill="#495057">{timeText(order[0]?.time)}</text>
        <text x={width} y={height - 4} fontSize={12} fill="#495057" textAnchor="end">{timeText(order.at(-1)?.time)}</text>
      </svg>
      <Legend entries={[
        { mark: "◯", colour: "#087f5b", words: say("decision.around.this") },
        { mark: "▲", colour: "#a51111", words: say("decisions.fired") },
        { mark: "●", colour: "#868e96", words: say("decision.around.other") },
      ]} />
      {summaries.map((summary) => <Text key={summary} size="sm">{summary}</Text>)}
    </div>
  );
}

function Mark({ item, x, y }: { item: Item; x: number; y: number }) {
  const { language } = useWords();
  const told = `${timeText(item.time)} ${amountText(item, language)}`;
  if (item.fired) return <path d={`M ${x - 6} ${y + 5} L ${x + 6} ${y + 5} L ${x} ${y - 6} Z`} fill="#a51111"><title>{told}</title></path>;
  return <circle cx={x} cy={y} r={4} fill="#868e96"><title>{told}</title></circle>;
}

function AroundTable({ rows, present }: { rows: Item[]; present: string }) {
  const { say, language } = useWords();
  const hits = useHitWords();
  const when = (row: Item) => (row.id === present ? <strong>{timeText(row.time)} ({say("decision.around.this")})</strong>
    : <Anchor component={Link} to={`/decisions/${row.id}`} size="sm">{timeText(row.time)}</Anchor>);
  if (rows.length <= 1) return <Text c="dimmed">{say("decision.around.none")}</Text>;
  return (
    <ScrollBox label={say("decision.around")} tall={360}>
      <Table visibleFrom="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say("decisions.time")}</Table.Th>
            <Table.Th>{say("field.merchant")}</Table.Th>
            <Table.Th ta="right">{say("decisions.amount")}</Table.Th>
            <Table.Th>{say("decisions.authorisation")}</Table.Th>
            <Table.Th>{say("decisions.hits")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id} aria-current={row.id === present ? "true" : undefined}>
              <Table.Td>{when(row)}</Table.Td>
              <Table.Td>{merchantText(row)}</Table.Td>
              <Table.Td ta="right">{amountText(row, language)}</Table.Td>
              <Table.Td><Asked item={row} /></Table.Td>
              <Table.Td>{hits(row)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Stack gap="xs" hiddenFrom="sm">
        {rows.map((row) => (
          <div key={row.id} aria-current={row.id === present ? "true" : undefined}>
            <Group justify="space-between" wrap="nowrap">{when(row)}<Asked item={row} /></Group>
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>{[merchantText(row), amountText(row, language)].filter((part) => part !== "").join(" · ")}</Text>
            {row.hits.length > 0 && <Text size="sm">{hits(row)}</Text>}
          </div>
        ))}
      </Stack>
    </ScrollBox>
  );
}
