// How a merchant, a terminal or an agent's merchants traded: bars by day or hour, by amount or count, with what was declined
// and where rules fired. Used by the page of a thing. The numbers stand in a table below.
import { Card, Group, SegmentedControl, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import { useWords } from "../../locales/words";
import { type Bar, BarChart, BarTable, Legend } from "../../ui/bars";
import { moneyText, timeText } from "../../ui/format";
import { Failure, Loading } from "../../ui/states";

export type Active = "merchants" | "terminals" | "agents";
type Step = "day" | "hour";
type Measure = "amount" | "count";
const day = 24 * 3600 * 1000;
const daysOf: Record<Step, number> = { day: 30, hour: 3 };

export function Activity({ kind, id }: { kind: Active; id: string }) {
  const { say, language } = useWords();
  const [step, setStep] = useState<Step>("day");
  const [measure, setMeasure] = useState<Measure>("amount");
  const series = useQuery({
    queryKey: ["activity", kind, id, step],
    queryFn: () => get(`/desk/${kind}/{id}/activity`, { id, query: { step, from: new Date(Date.now() - daysOf[step] * day).toISOString() } }),
  });
  const items = series.data?.items ?? [];
  const currency = series.data?.currency ?? "CNY";
  const money = (minor: number) => moneyText({ minor, currency }, language);
  const shown = measure === "amount" ? money : (value: number) => String(value);
  const bars = items.map((item): Bar => {
    const label = step === "day" ? timeText(item.at).slice(0, 10) : timeText(item.at);
    const value = measure === "amount" ? item.amount_minor : item.count;
    const part = measure === "amount" ? 0 : item.declined;
    return { label, tick: step === "day" ? label.slice(5) : label.slice(11), value, part, mark: item.fired };
  });
  const sum = (of: (item: (typeof items)[number]) => number) => items.reduce((all, item) => all + of(item), 0);
  const summary = say("activity.summary", {
    count: sum((item) => item.count), amount: money(sum((item) => item.amount_minor)), declined: sum((item) => item.declined),
    fired: sum((item) => item.fired), peak: shown(Math.max(0, ...bars.map((bar) => bar.value))),
  });
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">{say("activity.title")}</Title>
        <Group gap="xs">
          <SegmentedControl size="xs" value={measure} onChange={(value) => setMeasure(value as Measure)} aria-label={say("activity.title")}
            data={(["amount", "count"] as const).map((one) => ({ value: one, label: say(`activity.${one}`) }))} />
          <SegmentedControl size="xs" value={step} onChange={(value) => setStep(value as Step)} aria-label={say("activity.at")}
            data={(["day", "hour"] as const).map((one) => ({ value: one, label: say(`activity.${one}`) }))} />
        </Group>
      </Group>
      {series.error && <Failure error={series.error} again={() => void series.refetch()} />}
      {series.isPending && <Loading />}
      {series.data && sum((item) => item.count) === 0 && <Text c="dimmed">{say("activity.none")}</Text>}
      {series.data && sum((item) => item.count) > 0 && (
        <>
          <BarChart bars={bars} summary={summary} valueText={shown} />
          <Legend entries={[
            { mark: "■", colour: "#38a38d", words: say(`activity.${measure}`) },
            ...(measure === "count" ? [{ mark: "■", colour: "#343a40", words: say("activity.declined") }] : []),
            { mark: "▲", colour: "#a51111", words: say("activity.fired") },
          ]} />
          <Text size="sm" mt={4}>{summary}</Text>
          <BarTable heads={[say("activity.at"), say("activity.count"), say("activity.amount"), say("activity.declined"), say("activity.fired")]}
            rows={items.filter((item) => item.count > 0).map((item) => [
              step === "day" ? timeText(item.at).slice(0, 10) : timeText(item.at), String(item.count), money(item.amount_minor),
              String(item.declined), String(item.fired)])} />
        </>
      )}
    </Card>
  );
}
