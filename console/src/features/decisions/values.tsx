// The values that a decision's rules read: what was counted over which window, how much it was and how complete; parameters
// and what lies between, folded. Used by the page of a decision. Money comes in its smallest units and is shown as money.
import { Card, Code, Group, Stack, Table, Text, Title } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { keyOf } from "../../locales/catalogue";
import { useWords } from "../../locales/words";
import { moneyText, spanText } from "../../ui/format";

type Detail = Schemas["DecisionDetail"];
type Value = Schemas["ValueRead"];

function plainValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toFixed(4).replace(/\.?0+$/, "");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function Values({ detail }: { detail: Detail }) {
  const { say } = useWords();
  const { values } = detail.decision;
  if (values.length === 0) return null;
  const counted = values.filter((one) => one.window !== undefined);
  const others = values.filter((one) => one.window === undefined);
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("decision.values")}</Title>
      {counted.length > 0 && <Rows values={counted} detail={detail} />}
      {others.length > 0 && (
        <details open={counted.length === 0}>
          <summary>{say("decision.others")} ({others.length})</summary>
          <Rows values={others} detail={detail} />
        </details>
      )}
    </Card>
  );
}

function useValueWords(detail: Detail): { amount: (one: Value) => string; window: (one: Value) => string; coverage: (one: Value) => string } {
  const { say, name, language } = useWords();
  return {
    amount: (one) => {
      if (one.value === null || one.value === undefined) return say("state.none");
      const unit = detail.units[one.name] ?? "";
      if (unit.startsWith("money") && typeof one.value === "number") return moneyText({ minor: Math.round(one.value), currency: "CNY" }, language);
      const key = keyOf(`unit.${unit}`);
      return key === null ? plainValue(one.value) : say(key, { value: plainValue(one.value) });
    },
    window: (one) => (one.window ? `${spanText(one.window.from, one.window.to)} · ${one.window.entries === 1 ? say("decision.entry") : say("decision.entries", { count: one.window.entries })}` : ""),
    coverage: (one) => `${name("coverage", one.coverage)}${one.bound === undefined ? "" : ` (${say("decision.bound", { bound: plainValue(one.bound) })})`}`,
  };
}

function Rows({ values, detail }: { values: Value[]; detail: Detail }) {
  const { say } = useWords();
  const words = useValueWords(detail);
  return (
    <>
      <Table visibleFrom="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say("decision.name")}</Table.Th>
            <Table.Th ta="right">{say("decision.value")}</Table.Th>
            <Table.Th>{say("decision.window")}</Table.Th>
            <Table.Th>{say("decision.coverage")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {values.map((one) => (
            <Table.Tr key={one.name}>
              <Table.Td><Code>{one.name}</Code></Table.Td>
              <Table.Td ta="right">{words.amount(one)}</Table.Td>
              <Table.Td>{words.window(one)}</Table.Td>
              <Table.Td>{words.coverage(one)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Stack gap="xs" hiddenFrom="sm">
        {values.map((one) => (
          <div key={one.name}>
            <Group justify="space-between" wrap="nowrap">
              <Code style={{ overflowWrap: "anywhere" }}>{one.name}</Code>
              <Text size="sm">{words.amount(one)}</Text>
            </Group>
            <Text size="xs" c="dimmed">{[words.window(one), words.coverage(one)].filter((part) => part !== "").join(" · ")}</Text>
          </div>
        ))}
      </Stack>
    </>
  );
}
