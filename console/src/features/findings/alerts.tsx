// The inbox: what fired and wants a person, most severe first. Filters live in the address, so that a view can be sent to
// a colleague; j and k move, Enter opens. Used by the shell.
import { Anchor, Badge, Button, Card, Group, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { get, type Query, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { moneyText, severityColour, severityKey, timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { useRuleWords } from "../../ui/rule_words";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading } from "../../ui/states";

type Alert = Schemas["Alert"];

export function SeverityBadge({ severity }: { severity: number }) {
  const { say } = useWords();
  return <Badge color={severityColour(severity)} variant="light" c="dark" miw="max-content">{say(severityKey(severity))}</Badge>;
}

export function subjectText(alert: Alert): string {
  return alert.merchant_name ?? alert.merchant ?? alert.terminal ?? alert.subject.id;
}

function useAlerts(query: Query) {
  return useInfiniteQuery({
    queryKey: ["alerts", "list", query],
    queryFn: ({ pageParam }) => get("/desk/alerts", { query: { ...query, cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

// j and k move the focus from row to row, where nobody is typing; Enter then opens what is focused, as everywhere.
function useRowKeys() {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (["INPUT", "TEXTAREA"].includes(target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key !== "j" && event.key !== "k") return;
      const rows = [...document.querySelectorAll<HTMLElement>("a[data-row]")];
      const at = rows.indexOf(target);
      rows[event.key === "j" ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0)]?.focus();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

export function AlertsPage() {
  const { say } = useWords();
  const [filters, setFilters] = useSearchParams();
  const state = filters.get("state") ?? "open";
  const order = filters.get("order") ?? "severity";
  const asked: Query = { state: state === "all" ? "" : state, order };
  for (const filter of ["q", "severity", "rule", "assignee"]) asked[filter] = filters.get(filter) ?? "";
  const [typed, setTyped] = useState(filters.get("q") ?? "");
  const [typedRule, setTypedRule] = useState(filters.get("rule") ?? "");
  const alerts = useAlerts(asked);
  const { session } = useSession();
  const items = alerts.data?.pages.flatMap((page) => page.items) ?? [];
  useRowKeys();
  const set = (name: string, value: string | null) => {
    const next = new URLSearchParams(filters);
    if (value) next.set(name, value);
    else next.delete(name);
    setFilters(next);
  };
  return (
    <Stack>
      <Title order={1} size="h3">{say("alerts.title")}</Title>
      <Group align="end" className="field-row">
        <Select label={say("alerts.state")} value={state} onChange={(value) => set("state", value)} allowDeselect={false} w={130}
          data={(["open", "snoozed", "closed", "all"] as const).map((one) => ({ value: one, label: say(`alerts.state.${one}`) }))} />
        <Select label={say("alerts.order")} value={order} onChange={(value) => set("order", value)} allowDeselect={false} w={150}
          data={(["severity", "newest"] as const).map((one) => ({ value: one, label: say(`alerts.order.${one}`) }))} />
        <Select label={say("alerts.severity")} value={filters.get("severity") ?? ""} onChange={(value) => set("severity", value)} w={130}
          data={[{ value: "", label: say("state.all") }, ...(["4", "3", "2"] as const).map((one) => ({ value: one, label: say("alerts.atLeast", { severity: say(`severity.${one}`) }) }))]} />
        <Select label={say("alerts.assignee")} value={filters.get("assignee") ?? ""} onChange={(value) => set("assignee", value)} w={130}
          data={[{ value: "", label: say("state.all") }, { value: "me", label: session.account?.shown_name ?? "" }, { value: "nobody", label: say("alerts.nobody") }]} />
        <form onSubmit={(event) => { event.preventDefault(); set("q", typed.trim()); }}>
          <TextInput label={say("alerts.search")} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} w={230} />
        </form>
        <form onSubmit={(event) => { event.preventDefault(); set("rule", typedRule.trim()); }}>
          <TextInput label={say("alerts.ruleName")} value={typedRule} onChange={(event) => setTypedRule(event.currentTarget.value)} w={150} />
        </form>
      </Group>
      {alerts.error && <Failure error={alerts.error} again={() => void alerts.refetch()} />}
      {alerts.isPending && <Loading />}
      {alerts.isSuccess && items.length === 0 && <Empty />}
      <AlertTable items={items} />
      <AlertCards items={items} />
      {alerts.hasNextPage && (
        <Button variant="default" loading={alerts.isFetchingNextPage} onClick={() => void alerts.fetchNextPage()}>{say("state.more")}</Button>
      )}
      {items.length > 0 && <Text size="sm" c="dimmed" visibleFrom="sm">{say("alerts.keys")}</Text>}
    </Stack>
  );
}

function AlertTable({ items }: { items: Alert[] }) {
  const { say, language } = useWords();
  const who = usePeople();
  const rule = useRuleWords();
  if (items.length === 0) return null;
  return (
    <Table highlightOnHover visibleFrom="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say("alerts.severity")}</Table.Th>
          <Table.Th>{say("alerts.subject")}</Table.Th>
          <Table.Th>{say("alerts.rule")}</Table.Th>
          <Table.Th ta="right">{say("alerts.decisions")}</Table.Th>
          <Table.Th ta="right">{say("alerts.amount")}</Table.Th>
          <Table.Th>{say("alerts.last")}</Table.Th>
          <Table.Th visibleFrom="md">{say("alerts.assignee")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((alert) => (
          <Table.Tr key={alert.id}>
            <Table.Td><SeverityBadge severity={alert.severity} /></Table.Td>
            <Table.Td><Anchor component={Link} to={`/alerts/${alert.id}`} data-row>{subjectText(alert)}</Anchor></Table.Td>
            <Table.Td>{rule(alert.rule, alert.typology)}</Table.Td>
            <Table.Td ta="right">{alert.decisions}</Table.Td>
            <Table.Td ta="right">{moneyText(alert.amount, language)}</Table.Td>
            <Table.Td>{timeText(alert.last_at)}</Table.Td>
            <Table.Td visibleFrom="md">{who(alert.assignee)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function AlertCards({ items }: { items: Alert[] }) {
  const { language } = useWords();
  const rule = useRuleWords();
  return (
    <Stack hiddenFrom="sm">
      {items.map((alert) => (
        <Card key={alert.id} withBorder padding="sm">
          <Group justify="space-between">
            <Anchor component={Link} to={`/alerts/${alert.id}`}>{subjectText(alert)}</Anchor>
            <SeverityBadge severity={alert.severity} />
          </Group>
          <Text size="sm">{rule(alert.rule, alert.typology)} · {moneyText(alert.amount, language)}</Text>
          <Text size="sm" c="dimmed">{timeText(alert.last_at)}</Text>
        </Card>
      ))}
    </Stack>
  );
}
