// Decisions, newest first, by filters that live in the address, by cursor; export for whoever has the right. Used by the
// shell's routes. A search that looked at as many as it may says how far it got, and goes on when asked.
import { Anchor, Badge, Button, Card, Checkbox, Collapse, Group, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { download, get, type Query, type Schemas } from "../../api/client";
import { type Language, useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { moneyText, timeText } from "../../ui/format";
import { useRuleWords } from "../../ui/rule_words";
import { useWhy } from "../../ui/why";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading } from "../../ui/states";

type Item = Schemas["DecisionItem"];
const filterNames = ["from", "to", "merchant", "terminal", "agent", "card", "rule", "authorisation", "fired", "min_amount", "max_amount"] as const;

// The address holds what people typed: days and yuan. The desk takes times and fen.
function queryOf(filters: URLSearchParams): Query {
  const query: Query = {};
  for (const name of filterNames) {
    const text = filters.get(name) ?? "";
    if (text === "") continue;
    if (name === "from" || name === "to") {
      const at = new Date(`${text}T00:00:00`);
      if (name === "to") at.setDate(at.getDate() + 1);
      if (!Number.isNaN(at.getTime())) query[name] = at.toISOString();
    } else if (name === "min_amount" || name === "max_amount") {
      if (Number.isFinite(Number(text))) query[name] = Math.round(Number(text) * 100);
    } else query[name] = text;
  }
  return query;
}

export function DecisionsPage() {
  const { say } = useWords();
  const { may } = useSession();
  const [filters, setFilters] = useSearchParams();
  const query = queryOf(filters);
  const found = useInfiniteQuery({
    queryKey: ["decisions", query],
    queryFn: ({ pageParam }): Promise<Schemas["DecisionItems"]> => get("/desk/decisions", { query: { ...query, cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const why = useWhy();
  const exporting = useAct();
  const save = () =>
    exporting.run(async () => {
      const answer = await download("/desk/decisions/export", { ...query, ...why.given }, "decisions.csv");
      const rows = answer.get("Tillwatch-Rows") ?? "";
      return say(answer.has("Tillwatch-Next") ? "decisions.partly" : "decisions.exported", { rows });
    });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const stopped = found.data?.pages.at(-1)?.stopped_at ?? null;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h3">{say("decisions.title")}</Title>
        {may("decisions.export") && (
          <Group align="end">
            {why.field}
            <Button variant="default" loading={exporting.busy} onClick={() => void save()}>{say("decisions.export")}</Button>
          </Group>
        )}
      </Group>
      {exporting.shown}
      <Filters key={filters.toString()} filters={filters} put={setFilters} />
      {found.error && <Failure error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.isSuccess && items.length === 0 && stopped === null && <Empty />}
      <DecisionTable items={items} />
      <DecisionCards items={items} />
      {stopped !== null && <Text role="status">{say("decisions.stopped", { time: timeText(stopped) })}</Text>}
      {found.hasNextPage && (
        <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {say(stopped === null ? "state.more" : "decisions.goOn")}
        </Button>
      )}
    </Stack>
  );
}

function Filters({ filters, put }: { filters: URLSearchParams; put: (filters: Record<string, string>) => void }) {
  const { say } = useWords();
  const [texts, setTexts] = useState<Record<string, string>>(() => Object.fromEntries(filterNames.map((name) => [name, filters.get(name) ?? ""])));
  const [opened, setOpened] = useState(["agent", "card", "min_amount", "max_amount", "from", "to"].some((name) => filters.has(name)));
  const set = (name: string, text: string) => setTexts((before) => ({ ...before, [name]: text }));
  const input = (name: (typeof filterNames)[number], word: Parameters<typeof say>[0], width: number, type = "text") => (
    <TextInput label={say(word)} value={texts[name] ?? ""} w={width} type={type} onChange={(event) => set(name, event.currentTarget.value)} />
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.trim()]).filter(([, text]) => text !== "")));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="end" className="field-row">
          {input("merchant", "decisions.merchant", 150)}
          {input("terminal", "decisions.terminal", 150)}
          {input("rule", "decisions.rule", 150)}
          <Select label={say("decisions.authorisation")} value={texts.authorisation ?? ""} w={120} onChange={(value) => set("authorisation", value ?? "")}
            data={[{ value: "", label: say("state.all") }, ...(["allow", "challenge", "decline"] as const).map((one) => ({ value: one, label: say(`authorisation.${one}`) }))]} />
          <Checkbox mb={8} label={say("decisions.firedOnly")} checked={texts.fired === "true"} onChange={(event) => set("fired", event.currentTarget.checked ? "true" : "")} />
          <Button type="submit">{say("decisions.search")}</Button>
          <Button variant="default" onClick={() => put({})}>{say("decisions.clear")}</Button>
          <Button variant="subtle" aria-expanded={opened} onClick={() => setOpened(!opened)}>{say("decisions.more")}</Button>
        </Group>
        <Collapse expanded={opened}>
          <Group align="end" className="field-row">
            {input("from", "decisions.from", 160, "date")}
            {input("to", "decisions.to", 160, "date")}
            {input("agent", "decisions.agent", 150)}
            {input("min_amount", "decisions.minAmount", 140)}
            {input("max_amount", "decisions.maxAmount", 140)}
            {input("card", "decisions.card", 300)}
          </Group>
        </Collapse>
      </Stack>
    </form>
  );
}

// What the policy asks for; where it did not take effect it is advice, and named so.
export function Asked({ item }: { item: Pick<Item, "outcome" | "effective"> }) {
  const { name } = useWords();
  const asked = item.outcome.authorisation;
  const words = asked === item.effective.authorisation ? name("authorisation", asked) : name("advice", asked);
  return <Badge variant="light" c="dark" color={asked === "decline" ? "red" : asked === "challenge" ? "orange" : "gray"}>{words}</Badge>;
}

export function useHitWords(): (item: Item) => string {
  const { say } = useWords();
  const rule = useRuleWords();
  // What fired without a rule's hit fired by what stood: a list, or a restriction that an earlier hit had left.
  return (item) => (item.fired && item.hits.length === 0 ? say("decision.standing") : [...new Set(item.hits.map((hit) => `${rule(hit.rule, hit.typology)}${hit.shadow ? ` (${say("decisions.shadow")})` : ""}`))].join(", "));
}

export const merchantText = (item: Item) => item.merchant_name ?? item.merchant ?? "";
// A card without a masked number is told apart by the engine's own number for it.
export const cardText = (item: Item) => item.card.masked ?? (item.card.id === null ? "" : `#${item.card.id}`);
export const amountText = (item: Item, language: Language) => (item.amount === null ? "" : moneyText(item.amount, language));

function DecisionTable({ items }: { items: Item[] }) {
  const { say, language } = useWords();
  const hits = useHitWords();
  if (items.length === 0) return null;
  return (
    <Table highlightOnHover visibleFrom="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say("decisions.time")}</Table.Th>
          <Table.Th>{say("field.merchant")}</Table.Th>
          <Table.Th>{say("entity.card")}</Table.Th>
          <Table.Th ta="right">{say("decisions.amount")}</Table.Th>
          <Table.Th>{say("decisions.authorisation")}</Table.Th>
          <Table.Th>{say("decisions.hits")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => (
          <Table.Tr key={item.id}>
            <Table.Td><Anchor component={Link} to={`/decisions/${item.id}`} data-row size="sm">{timeText(item.time)}</Anchor></Table.Td>
            <Table.Td>{merchantText(item)}</Table.Td>
            <Table.Td>{cardText(item)}</Table.Td>
            <Table.Td ta="right">{amountText(item, language)}</Table.Td>
            <Table.Td><Asked item={item} /></Table.Td>
            <Table.Td>{hits(item)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function DecisionCards({ items }: { items: Item[] }) {
  const { language } = useWords();
  const hits = useHitWords();
  return (
    <Stack hiddenFrom="sm">
      {items.map((item) => (
        <Card key={item.id} withBorder padding="sm">
          <Group justify="space-between">
            <Anchor component={Link} to={`/decisions/${item.id}`}>{timeText(item.time)}</Anchor>
            <Asked item={item} />
          </Group>
          <Text size="sm">{merchantText(item)} · {amountText(item, language)} · {cardText(item)}</Text>
          <Text size="sm">{hits(item)}</Text>
        </Card>
      ))}
    </Stack>
  );
}
