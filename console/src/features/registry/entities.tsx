// Merchants, terminals and agents: their lists and the page of one, with registered facts and changes. Used by the shell.
// Personal fields come masked from the desk and stay so.
import { Anchor, Button, Card, SimpleGrid, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { get } from "../../api/client";
import { useWords } from "../../locales/words";
import { timeText } from "../../ui/format";
import { Empty, Failure, Loading } from "../../ui/states";

export type Kind = "merchants" | "terminals" | "agents";
type Fields = Record<string, unknown>;

function nameOf(row: Fields): string {
  return typeof row.name === "string" && row.name !== "" ? row.name : String(row.id);
}

function page(kind: Kind, cursor: string): Promise<{ items: Fields[]; next: string | null }> {
  const query = { cursor };
  if (kind === "merchants") return get("/desk/merchants", { query });
  if (kind === "terminals") return get("/desk/terminals", { query });
  return get("/desk/agents", { query });
}

function one(kind: Kind, id: string): Promise<Fields> {
  if (kind === "merchants") return get("/desk/merchants/{id}", { id });
  if (kind === "terminals") return get("/desk/terminals/{id}", { id });
  return get("/desk/agents/{id}", { id });
}

function history(kind: Kind, id: string) {
  if (kind === "merchants") return get("/desk/merchants/{id}/history", { id });
  if (kind === "terminals") return get("/desk/terminals/{id}/history", { id });
  return get("/desk/agents/{id}/history", { id });
}

export function EntityListPage({ kind }: { kind: Kind }) {
  const { say } = useWords();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const rows = useInfiniteQuery({
    queryKey: ["registry", kind],
    queryFn: ({ pageParam }) => page(kind, pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const found = useQuery({
    queryKey: ["search", asked],
    queryFn: () => get("/desk/search", { query: { q: asked } }),
    enabled: asked !== "",
  });
  const items = rows.data?.pages.flatMap((last) => last.items) ?? [];
  return (
    <Stack>
      <Title order={1} size="h3">{say(`nav.${kind}`)}</Title>
      <form onSubmit={(event) => { event.preventDefault(); setAsked(typed.trim()); }}>
        <TextInput label={say("registry.search")} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} maw={320} />
      </form>
      {found.error && <Failure error={found.error} />}
      {asked !== "" && found.data && <Found items={found.data.items} />}
      {rows.error && <Failure error={rows.error} again={() => void rows.refetch()} />}
      {rows.isPending && <Loading />}
      {rows.isSuccess && items.length === 0 && <Empty />}
      {items.length > 0 && (
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say("registry.name")}</Table.Th>
              <Table.Th>{say("registry.status")}</Table.Th>
              <Table.Th visibleFrom="sm">{say("registry.updated")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((row) => (
              <Table.Tr key={String(row.id)}>
                <Table.Td><Anchor component={Link} to={`/${kind}/${encodeURIComponent(String(row.id))}`}>{nameOf(row)}</Anchor></Table.Td>
                <Table.Td>{String(row.status)}</Table.Td>
                <Table.Td visibleFrom="sm">{timeText(String(row.updated_at))}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {rows.hasNextPage && <Button variant="default" onClick={() => void rows.fetchNextPage()}>{say("state.more")}</Button>}
    </Stack>
  );
}

function Found({ items }: { items: Fields[] }) {
  if (items.length === 0) return <Empty />;
  return (
    <Card withBorder>
      {items.map((item) => {
        const kind = `${String(item.kind ?? item.entity)}s`;
        const to = `/${kind}/${encodeURIComponent(String(item.id))}`;
        return <Anchor key={to} component={Link} to={to} display="block">{nameOf(item)}</Anchor>;
      })}
    </Card>
  );
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT/.test(value) ? timeText(value) : value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function EntityPage({ kind }: { kind: Kind }) {
  const { id = "" } = useParams();
  const { say } = useWords();
  const row = useQuery({ queryKey: ["registry", kind, id], queryFn: () => one(kind, id) });
  const changes = useQuery({ queryKey: ["registry", kind, id, "history"], queryFn: () => history(kind, id) });
  if (row.error) return <Failure error={row.error} again={() => void row.refetch()} />;
  if (!row.data) return <Loading />;
  const facts = Object.entries(row.data).map(([name, value]) => [name, valueText(value)] as const).filter(([, value]) => value !== "");
  return (
    <Stack>
      <Title order={1} size="h3">{nameOf(row.data)}</Title>
      <Card withBorder>
        <Title order={2} size="h5" mb="xs">{say("registry.facts")}</Title>
        <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs">
          {facts.map(([name, value]) => (
            <div key={name}>
              <Text size="sm" c="dimmed">{name}</Text>
              <Text>{value}</Text>
            </div>
          ))}
        </SimpleGrid>
      </Card>
      <Card withBorder>
        <Title order={2} size="h5" mb="xs">{say("registry.history")}</Title>
        {changes.error && <Failure error={changes.error} />}
        {changes.data?.items.map((change, index) => (
          <Text key={index} size="sm">{Object.entries(change).map(([name, value]) => `${name} ${valueText(value)}`).join(" · ")}</Text>
        ))}
      </Card>
    </Stack>
  );
}
