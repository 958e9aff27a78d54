// The policy's lists: which there are and what they mean; what stands on one, who answers for it, why and until when; adding and
// taking off. Used by the shell's routes. What loosens waits for a second person; a card is named by a decision on it, never by its
// number.
import { Anchor, Badge, Button, Card, Checkbox, Code, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { get, post, remove, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { faultAt } from "../../ui/problem";
import { useServerWords } from "../../ui/server_words";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading } from "../../ui/states";

type List = Schemas["PolicyLists"]["items"][number];
type Item = Schemas["ListItem"];

// "Terminal serial: blocks": lists have no titles of their own.
function useListTitle(): (list: List) => string {
  const { say, name } = useWords();
  return (list) => say("list.title", { of: name("list.of", list.of), effect: name("list.effect", list.effect) });
}

const useLists = () => useQuery({ queryKey: ["lists"], queryFn: () => get("/desk/lists") });

export function ListsPage() {
  const { say } = useWords();
  const titleOf = useListTitle();
  const lists = useLists();
  return (
    <Stack>
      <Title order={1} size="h3">{say("nav.lists")}</Title>
      {lists.error && <Failure error={lists.error} again={() => void lists.refetch()} />}
      {lists.isPending && <Loading />}
      {lists.data?.items.length === 0 && <Empty />}
      {lists.data?.items.map((list) => (
        <Card key={list.name} withBorder padding="sm">
          <Group>
            <Anchor component={Link} to={`/lists/${encodeURIComponent(list.name)}`} data-row>{titleOf(list)}</Anchor>
            <Code>{list.name}</Code>
            <Text size="sm">{say("list.live", { count: `${list.live}${list.live_is_more ? "+" : ""}` })}</Text>
          </Group>
        </Card>
      ))}
    </Stack>
  );
}

export function ListPage() {
  const { id = "" } = useParams();
  const { say } = useWords();
  const { may } = useSession();
  const titleOf = useListTitle();
  const [filters, setFilters] = useSearchParams();
  const all = filters.get("state") === "all";
  const lists = useLists();
  const list = lists.data?.items.find((one) => one.name === id);
  const items = useInfiniteQuery({
    queryKey: ["lists", id, all],
    queryFn: ({ pageParam }): Promise<Schemas["ListItems"]> =>
      get("/desk/lists/{name}/items", { name: id, query: { state: all ? "all" : "live", cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const rows = items.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack>
      <Title order={1} size="h3">{list ? titleOf(list) : say("nav.lists")} <Code fz="md">{id}</Code></Title>
      {list && may("lists.edit") && <NewItem list={list} />}
      <Checkbox label={say("list.all")} checked={all} onChange={(event) => setFilters(event.currentTarget.checked ? { state: "all" } : {})} />
      {items.error && <Failure error={items.error} again={() => void items.refetch()} />}
      {items.isPending && <Loading />}
      {items.isSuccess && rows.length === 0 && <Empty />}
      {rows.map((item) => <ItemCard key={item.id} item={item} list={list} />)}
      {items.hasNextPage && <Button variant="default" onClick={() => void items.fetchNextPage()}>{say("state.more")}</Button>}
    </Stack>
  );
}

// A change of a list, and what came of it: done, or waiting for another person.
function useChange() {
  const { say } = useWords();
  const told = useServerWords();
  const act = useAct("lists", "proposals");
  const words = (answer: Schemas["ListItemDone"] | Schemas["ListProposal"]): string => {
    if (!("item" in answer)) return say("state.proposed");
    if (answer.refusal) return say("registry.refused", { why: told(answer.refusal) });
    return say(answer.effective ? "state.effective" : "state.pending");
  };
  const change = (ask: () => Promise<Parameters<typeof words>[0]>) => act.run(async () => words(await ask()));
  return { act, change };
}

function NewItem({ list }: { list: List }) {
  const { say, name, language } = useWords();
  const byDecision = list.of.startsWith("card.");
  const [value, setValue] = useState("");
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [until, setUntil] = useState("");
  const { act, change } = useChange();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void change(async () => {
      const answer = await post("/desk/lists/{name}/items", {
        name: list.name,
        query: { wait: "effective" },
        body: {
          ...(byDecision ? { decision: value.trim() } : { value: value.trim() }), reason: reason.trim(),
          ...(note === "" ? {} : { note }), ...(until === "" ? {} : { expires_at: new Date(`${until}T23:59:59`).toISOString() }),
        },
      });
      setValue("");
      return answer;
    });
  };
  const fault = (member: string) => faultAt(act.error, `/${member}`, language);
  return (
    <Card withBorder>
      <Text size="sm" mb="xs">{name("list.effect", list.effect)} · {say(list.add_takes_two ? "list.takesTwo" : "list.atOnce")}</Text>
      <form onSubmit={submit}>
        <Group align="end" className="field-row">
          <TextInput label={byDecision ? say("list.decision") : name("list.of", list.of)} value={value} required w={220}
            error={fault(byDecision ? "decision" : "value")} onChange={(event) => setValue(event.currentTarget.value)} />
          <TextInput label={say("list.reason")} value={reason} required w={170} placeholder="confirmed_fraud" error={fault("reason")} onChange={(event) => setReason(event.currentTarget.value)} />
          <TextInput label={say("list.note")} value={note} w={220} maxLength={300} onChange={(event) => setNote(event.currentTarget.value)} />
          <TextInput label={say("field.expires_at")} type="date" value={until} error={fault("expires_at")} onChange={(event) => setUntil(event.currentTarget.value)} />
          <Button type="submit" loading={act.busy}>{say("list.add")}</Button>
        </Group>
      </form>
      {act.shown}
    </Card>
  );
}

function ItemCard({ item, list }: { item: Item; list: List | undefined }) {
  const { say } = useWords();
  const { may } = useSession();
  const who = usePeople();
  const [why, setWhy] = useState("");
  const { act, change } = useChange();
  const end = () =>
    change(() => remove("/desk/lists/{name}/items/{id}", { name: item.list, id: item.id, query: { wait: "effective" }, body: { note: why } }));
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between">
        <div>
          <Text fw={600}>{item.value}</Text>
          <Text size="sm">{item.reason}{item.note && ` · ${item.note}`}</Text>
          <Text size="sm" c="dimmed">
            {say("list.owner")}: {who(item.owner)} · {timeText(item.made_at)} – {item.expires_at ? timeText(item.expires_at) : say("list.forever")}
            {item.decision && <> · <Anchor component={Link} to={`/decisions/${item.decision}`} size="sm">{say("alert.look")}</Anchor></>}
          </Text>
          {item.ended_at && <Text size="sm" c="dimmed">{say("list.ended", { who: who(item.ended_by), at: timeText(item.ended_at) })} {item.end_note}</Text>}
        </div>
        <Badge variant="light" c="dark" color={item.state === "live" ? "teal" : "gray"}>{say(`list.state.${item.state}`)}</Badge>
      </Group>
      {item.state === "live" && may("lists.edit") && (
        <Group align="end" mt="xs">
          <TextInput aria-label={say("list.why")} placeholder={say("list.why")} value={why} w={220} maxLength={300} onChange={(event) => setWhy(event.currentTarget.value)} />
          <Button size="sm" variant="default" disabled={act.busy || why.trim() === ""} onClick={() => void end()}>{say("list.remove")}</Button>
          {list?.remove_takes_two && <Text size="sm">{say("list.takesTwo")}</Text>}
        </Group>
      )}
      {act.shown}
    </Card>
  );
}
