// How the day goes, beside yesterday, and whether these pages are up to date. Used by the first page; parts that the reader may
// not see are left out by the desk.
import { Card, Table, Text, Title } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { sumText, timeText, weekdayText } from "../../ui/format";

type Home = Schemas["Home"];
type Day = Schemas["HomeDay"];

export function Figures({ home }: { home: Home }) {
  const { say, name, language } = useWords();
  const { figures, freshness } = home;
  if (figures === null) return null;
  const rows: [string, (sum: Day["sums"][number]) => string][] = [
    [say("home.count"), (sum) => sum.count.toLocaleString("en")],
    [say("home.amount"), (sum) => sumText({ minor: sum.amount_minor, currency: sum.currency }, language)],
    [say("home.fired"), (sum) => String(sum.fired)],
    [say("home.declined"), (sum) => String(sum.declined)],
    [say("home.held"), (sum) => String(sum.held)],
  ];
  const cell = (day: Day, of: (typeof rows)[number][1]) =>
    day.sums.length === 0 ? "0" : day.sums.map(of).join(" / ");
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{timeText(home.now).slice(0, 10)} {weekdayText(home.now, language)}</Title>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Td />
            <Table.Th ta="right">{say("home.today")}</Table.Th>
            <Table.Th ta="right">{say("home.yesterday")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([words, of]) => (
            <Table.Tr key={words}>
              <Table.Th>{words}</Table.Th>
              <Table.Td ta="right">{cell(figures.today, of)}</Table.Td>
              <Table.Td ta="right">{cell(figures.yesterday, of)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" mt="xs" c="dimmed">
        {[
          freshness.last_decision_at ? say("home.last", { at: timeText(freshness.last_decision_at) }) : "",
          freshness.records_behind > 0 ? say("home.behind", { count: freshness.records_behind }) : "",
        ].filter((words) => words !== "").join(" · ")}
      </Text>
      {freshness.trouble && <Text size="sm" c="red">{say("health.trouble", { since: timeText(freshness.trouble_since) })}: {name("trouble", freshness.trouble)}</Text>}
    </Card>
  );
}
