// One rule of the policy in force: what it says, where it stands, and its hits by day. Used by the shell's routes.
import { Anchor, Card, Code, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { get } from "../../api/client";
import { useWords } from "../../locales/words";
import { BarChart, BarTable, Legend } from "../../ui/bars";
import { Facts } from "../../ui/facts";
import { Failure, Loading } from "../../ui/states";
import { SeverityBadge } from "../findings/alerts";

export function RulePage() {
  const { id = "" } = useParams();
  const { say, name, language } = useWords();
  const page = useQuery({ queryKey: ["policy", "rule", id], queryFn: () => get("/desk/policy/rules/{id}", { id }) });
  if (page.error) return <Failure error={page.error} again={() => void page.refetch()} />;
  if (!page.data) return <Loading />;
  const rule = page.data;
  const total = rule.days.reduce((sum, day) => sum + day.live, 0);
  return (
    <Stack>
      <Title order={1} size="h3">{rule.title[language] || rule.id} <SeverityBadge severity={rule.severity} /></Title>
      <Card withBorder>
        <Facts facts={[
          [say("policy.rule"), rule.id],
          [say("policy.mode"), say(`policy.mode.${rule.mode}`)],
          [say("alert.reason"), name("category", rule.reason)],
          [say("draft.file"), say("policy.where", { file: rule.file, line: rule.line })],
          [say("policy.precision"), `${rule.alerts.fraud} / ${rule.alerts.good} / ${rule.alerts.unsure}`],
          [say("policy.ceiling"), `${(rule.ceiling_ppm / 10_000).toFixed(2)}%`],
          [say("registry.alerts"), <Anchor key="alerts" component={Link} to={`/alerts?state=all&rule=${encodeURIComponent(rule.id)}`}>{rule.alerts.opened}</Anchor>],
        ]} />
        <Text mt="sm" size="sm" c="dimmed">{say("policy.when")}</Text>
        <Code block tabIndex={0} style={{ overflow: "auto" }}>{rule.when}</Code>
        <Text mt="sm" size="sm" c="dimmed">{say("policy.text")}</Text>
        <Text>{rule.text[language]}</Text>
      </Card>
      <Card withBorder>
        <Title order={2} size="h5" mb="xs">{say("policy.byDay")}</Title>
        <BarChart summary={`${say("policy.byDay")}: ${total}`} valueText={String}
          bars={rule.days.map((day) => ({ label: day.day, tick: day.day.slice(5), value: day.live + day.shadow, part: day.shadow, mark: 0 }))} />
        <Legend entries={[{ mark: "■", colour: "#38a38d", words: say("policy.mode.live") }, { mark: "■", colour: "#343a40", words: say("policy.mode.shadow") }]} />
        <BarTable heads={[say("activity.at"), say("policy.mode.live"), say("policy.mode.shadow")]}
          rows={rule.days.map((day) => [day.day, String(day.live), String(day.shadow)])} />
      </Card>
    </Stack>
  );
}
