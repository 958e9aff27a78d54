// What people did, newest first, by filters that live in the address. Used by the shell's routes. Nothing is changed here.
import { Button, Code, Group, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useSearchParams } from "react-router";
import { get, type Schemas } from "../../api/client";
import { keyOf } from "../../locales/catalogue";
import { useWords } from "../../locales/words";
import { timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { Reason, useServerWords } from "../../ui/server_words";
import { Empty, Failure, Loading } from "../../ui/states";
import { Subject } from "../../ui/subject";

type Act = Schemas["Acts"]["items"][number];

// "merchant.changed" is said from its two halves where it has no word of its own.
function useActWords(): (kind: string) => string {
  const { say, name } = useWords();
  return (kind) => {
    const key = keyOf(`act.${kind}`);
    if (key !== null) return say(key);
    const [entity = "", did = ""] = kind.split(".");
    return keyOf(`entity.${entity}`) !== null && keyOf(`did.${did}`) !== null ? `${name("entity", entity)}: ${name("did", did)}` : kind;
  };
}

export function AuditPage() {
  const { say } = useWords();
  const [filters, setFilters] = useSearchParams();
  const query = { actor: filters.get("actor") ?? "", kind: filters.get("kind") ?? "", subject: filters.get("subject") ?? "" };
  const acts = useInfiniteQuery({
    queryKey: ["audit", query],
    queryFn: ({ pageParam }): Promise<Schemas["Acts"]> => get("/desk/audit", { query: { ...query, cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const items = acts.data?.pages.flatMap((page) => page.items) ?? [];
  const stopped = acts.data?.pages.at(-1)?.stopped_at ?? null;
  return (
    <Stack>
      <Title order={1} size="h3">{say("nav.audit")}</Title>
      <Filters key={filters.toString()} first={query} put={(next) => setFilters(next)} />
      {acts.error && <Failure error={acts.error} again={() => void acts.refetch()} />}
      {acts.isPending && <Loading />}
      {acts.isSuccess && items.length === 0 && stopped === null && <Empty />}
      {items.length > 0 && <Acts items={items} />}
      {stopped !== null && <Text role="status">{say("decisions.stopped", { time: timeText(stopped) })}</Text>}
      {acts.hasNextPage && <Button variant="default" loading={acts.isFetchingNextPage} onClick={() => void acts.fetchNextPage()}>{say("state.more")}</Button>}
    </Stack>
  );
}

type Asked = Record<"actor" | "kind" | "subject", string>;

function Filters({ first, put }: { first: Asked; put: (next: Record<string, string>) => void }) {
  const { say } = useWords();
  const [texts, setTexts] = useState(first);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.trim()]).filter(([, text]) => text !== "")));
  };
  const input = (name: keyof Asked, hint?: string) => (
    <TextInput label={say(`audit.${name}`)} value={texts[name]} w={200} {...(hint === undefined ? {} : { placeholder: hint })}
      onChange={(event) => setTexts({ ...texts, [name]: event.currentTarget.value })} />
  );
  return (
    <form onSubmit={submit}>
      <Group align="end" className="field-row">
        {input("actor", say("audit.actorHint"))}
        {input("kind", say("audit.kindHint"))}
        {input("subject")}
        <Button type="submit" variant="default">{say("decisions.search")}</Button>
        <Button variant="default" onClick={() => put({})}>{say("decisions.clear")}</Button>
      </Group>
    </form>
  );
}

// One verdict labels many payments, one act each: what follows upon another of the same kind on the same thing is counted.
export function folded(items: readonly Act[]): { act: Act; count: number }[] {
  const rows: { act: Act; count: number }[] = [];
  for (const act of items) {
    const last = rows.at(-1);
    const same = last !== undefined && last.act.kind === act.kind && last.act.subject === act.subject && last.act.actor === act.actor;
    if (same && last.act.refusal === act.refusal && act.detail === null && act.reason === last.act.reason) last.count += 1;
    else rows.push({ act, count: 1 });
  }
  return rows;
}

function Acts({ items }: { items: Act[] }) {
  const { say } = useWords();
  const kind = useActWords();
  const who = usePeople();
  const told = useServerWords();
  return (
    <Table className="narrow-cards">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say("audit.at")}</Table.Th>
          <Table.Th>{say("audit.actor")}</Table.Th>
          <Table.Th>{say("audit.kind")}</Table.Th>
          <Table.Th>{say("audit.subject")}</Table.Th>
          <Table.Th>{say("audit.state")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {folded(items).map(({ act, count }) => (
          <Table.Tr key={act.act}>
            <Table.Td data-label={say("audit.at")} style={{ whiteSpace: "nowrap" }}>{timeText(act.at)}</Table.Td>
            <Table.Td data-label={say("audit.actor")}>{who(act.actor)}</Table.Td>
            <Table.Td data-label={say("audit.kind")} title={act.kind}><span>{kind(act.kind)}{count > 1 && ` × ${count}`}</span></Table.Td>
            <Table.Td data-label={say("audit.subject")} style={{ overflowWrap: "anywhere" }}>
              <div>
                <Subject text={act.subject} />
                {act.reason !== null && act.reason !== "" && <Text size="sm"><Reason text={act.reason} /></Text>}
                {act.detail !== null && Object.keys(act.detail).length > 0 && (
                  <details>
                    <summary>{say("audit.detail")}</summary>
                    <Code block>{JSON.stringify(act.detail, null, 2)}</Code>
                  </details>
                )}
              </div>
            </Table.Td>
            <Table.Td data-label={say("audit.state")}>{act.refusal !== null ? say("registry.refused", { why: told(act.refusal) }) : say(act.sequence === null ? "audit.waiting" : "audit.inForce")}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
