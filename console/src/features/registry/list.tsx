// Lists of registered things, by cursor; the search over all of them, and what traffic shows and nobody registered. Used
// by the shell's routes. What is asked stands in the address.
import { Anchor, Badge, Button, Card, Group, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { get, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { timeText } from "../../ui/format";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading } from "../../ui/states";
import { list } from "./ask";
import styles from "./list.module.css";
import { type Kind, kindOf, nameOf, pathTo, type Row } from "./shape";

export function EntityListPage({ kind }: { kind: Kind }) {
  const { say } = useWords();
  const { may } = useSession();
  const [filters, setFilters] = useSearchParams();
  const asked = filters.get("q") ?? "";
  const agent = filters.get("agent") ?? "";
  const [typed, setTyped] = useState(asked);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h3">{say(`nav.${kind}`)}</Title>
        {may("registry.edit") && <Button component={Link} to={`/${kind}/new`}>{say("registry.new")}</Button>}
      </Group>
      <form onSubmit={(event) => { event.preventDefault(); setFilters(typed.trim() === "" ? {} : { q: typed.trim() }); }}>
        <Group align="end">
          <TextInput label={say("registry.search")} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} w={260} />
          <Button type="submit" variant="default">{say("registry.find")}</Button>
        </Group>
      </form>
      {asked !== "" ? <Found asked={asked} /> : <Rows kind={kind} agent={agent} />}
      {asked === "" && (kind === "merchants" || kind === "terminals") && <Strangers kind={kind} />}
    </Stack>
  );
}

function Rows({ kind, agent }: { kind: Kind; agent: string }) {
  const { say, name } = useWords();
  const rows = useInfiniteQuery({
    queryKey: ["registry", kind, "list", agent],
    queryFn: ({ pageParam }) => list(kind, { cursor: pageParam, agent }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const items = rows.data?.pages.flatMap((last) => last.items) ?? [];
  if (rows.error) return <Failure error={rows.error} again={() => void rows.refetch()} />;
  if (rows.isPending) return <Loading />;
  if (items.length === 0) return <Empty />;
  const where = (row: Row) => [row.merchant_name, row.agent_name, row.city].filter((one) => typeof one === "string").join(" · ");
  return (
    <>
      <Table highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say("registry.name")}</Table.Th>
            <Table.Th>{say("registry.status")}</Table.Th>
            <Table.Th visibleFrom="sm">{say("field.agent")}</Table.Th>
            <Table.Th visibleFrom="sm">{say("registry.updated")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((row) => (
            <Table.Tr key={String(row.id)}>
              <Table.Td><Anchor component={Link} to={pathTo(kind, String(row.id))} data-row>{nameOf(row)}</Anchor></Table.Td>
              <Table.Td>{name("status", String(row.status))}</Table.Td>
              <Table.Td visibleFrom="sm">{where(row)}</Table.Td>
              <Table.Td visibleFrom="sm">{timeText(String(row.updated_at))}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.hasNextPage && (
        <Button variant="default" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>{say("state.more")}</Button>
      )}
    </>
  );
}

function Found({ asked }: { asked: string }) {
  const { say, name } = useWords();
  const found = useQuery({ queryKey: ["search", asked], queryFn: () => get("/desk/search", { query: { q: asked } }) });
  if (found.error) return <Failure error={found.error} again={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("registry.found")}</Title>
      {found.data.items.length === 0 && <Empty />}
      {found.data.items.map((item) => {
        const kind = kindOf(item.entity);
        return (
          <Group key={`${item.entity}${item.id}`} gap="xs" mb={4}>
            <Badge variant="light" c="dark">{name("entity", item.entity)}</Badge>
            {kind && <Anchor component={Link} to={pathTo(kind, item.id)}>{nameOf(item)}</Anchor>}
            <Text size="sm" c="dimmed">{name("status", item.status)}</Text>
          </Group>
        );
      })}
    </Card>
  );
}

const strangersShown = 20;

function Strangers({ kind }: { kind: "merchants" | "terminals" }) {
  const { say } = useWords();
  const entity = kind === "merchants" ? "merchant" : "terminal";
  const rows = useInfiniteQuery({
    queryKey: ["unregistered", entity],
    queryFn: ({ pageParam }): Promise<Schemas["DeskUnregistered"]> =>
      get("/desk/unregistered", { query: { entity, limit: strangersShown, cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const items = rows.data?.pages.flatMap((last) => last.items) ?? [];
  if (rows.error) return <Failure error={rows.error} again={() => void rows.refetch()} />;
  if (items.length === 0) return null;
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("registry.unregistered")}</Title>
      {items.map((row) => (
        <Group key={row.id} gap="xs" mb={8} className={styles.stranger ?? ""}>
          <Anchor component={Link} to={pathTo(kind, row.id)}>{row.id}</Anchor>
          <Text size="sm" c="dimmed">
            {say("registry.seen", { first: timeText(row.first_at), last: timeText(row.last_at), count: row.transactions })}
          </Text>
        </Group>
      ))}
      {rows.hasNextPage && <Button size="xs" variant="default" onClick={() => void rows.fetchNextPage()}>{say("state.more")}</Button>}
    </Card>
  );
}
