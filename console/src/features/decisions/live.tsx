// What fires, as it fires: the newest on top, a bounded number, with a pause. Used by the shell's routes. Whoever reads by ear is
// told of the connection, not of every line.
import { Anchor, Badge, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useCallback, useState } from "react";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { useEventStream } from "../../ui/event_stream";
import { secondText } from "../../ui/format";
import { SeverityBadge } from "../findings/alerts";
import { amountText, Asked, cardText, merchantText, useHitWords } from "./decisions";

type Item = Schemas["DecisionItem"];
const shownMax = 100;
const events = ["begin", "decision", "gap"] as const;

export function LivePage() {
  const { say, language } = useWords();
  const hits = useHitWords();
  const [items, setItems] = useState<Item[]>([]);
  const [paused, setPaused] = useState(false);
  const [left, setLeft] = useState(false);
  const take = useCallback((event: string, data: string) => {
    if (event === "gap") return setLeft(true);
    if (event !== "decision") return;
    const item = JSON.parse(data) as Item;
    setItems((before) => [item, ...before.filter((one) => one.id !== item.id)].slice(0, shownMax));
  }, []);
  const state = useEventStream("/desk/stream", events, paused, take);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h3">{say("live.title")}</Title>
        <Group>
          <Badge variant="light" c="dark" color={state === "on" ? "teal" : "gray"} role="status">{say(`live.${state}`)}</Badge>
          <Button variant="default" aria-pressed={paused} onClick={() => setPaused(!paused)}>{say(paused ? "live.resume" : "live.pause")}</Button>
        </Group>
      </Group>
      {left && <Text role="status">{say("live.left")} <Anchor component={Link} to="/decisions?fired=true">{say("decisions.title")}</Anchor></Text>}
      {items.length === 0 && <Text c="dimmed">{say("live.empty")}</Text>}
      {items.length > 0 && (
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say("decisions.time")}</Table.Th>
              <Table.Th visibleFrom="sm">{say("alerts.severity")}</Table.Th>
              <Table.Th>{say("field.merchant")}</Table.Th>
              <Table.Th visibleFrom="md">{say("entity.card")}</Table.Th>
              <Table.Th ta="right">{say("decisions.amount")}</Table.Th>
              <Table.Th visibleFrom="sm">{say("decisions.authorisation")}</Table.Th>
              <Table.Th>{say("decisions.hits")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={item.id}>
                <Table.Td><Anchor component={Link} to={`/decisions/${item.id}`} size="sm" data-row>{secondText(item.admitted_at)}</Anchor></Table.Td>
                <Table.Td visibleFrom="sm"><SeverityBadge severity={item.severity} /></Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{merchantText(item)}</Table.Td>
                <Table.Td visibleFrom="md">{cardText(item)}</Table.Td>
                <Table.Td ta="right">{amountText(item, language)}</Table.Td>
                <Table.Td visibleFrom="sm"><Asked item={item} /></Table.Td>
                <Table.Td>{hits(item)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
