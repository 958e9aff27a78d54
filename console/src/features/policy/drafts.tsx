// Drafts of the policy: which there are, and a new one from what is in force. Used by the shell's routes.
import { Anchor, Badge, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate } from "react-router";
import { get, post, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading } from "../../ui/states";

export function DraftsPage() {
  const { say } = useWords();
  const { may } = useSession();
  const who = usePeople();
  const go = useNavigate();
  const [title, setTitle] = useState("");
  const act = useAct("drafts");
  const drafts = useInfiniteQuery({
    queryKey: ["drafts"],
    queryFn: ({ pageParam }): Promise<Schemas["PolicyDrafts"]> => get("/desk/policy/drafts", { query: { cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const begin = (event: FormEvent) => {
    event.preventDefault();
    void act.run(async () => {
      go(`/drafts/${(await post("/desk/policy/drafts", { body: { title } })).id}`);
      return undefined;
    });
  };
  const items = drafts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack>
      <Title order={1} size="h3">{say("nav.drafts")}</Title>
      {may("policy.draft") && (
        <form onSubmit={begin}>
          <Group align="end">
            <TextInput label={say("drafts.title")} value={title} required maxLength={60} w={320} onChange={(event) => setTitle(event.currentTarget.value)} />
            <Button type="submit" loading={act.busy}>{say("drafts.begin")}</Button>
          </Group>
        </form>
      )}
      {act.shown}
      {drafts.error && <Failure error={drafts.error} again={() => void drafts.refetch()} />}
      {drafts.isPending && <Loading />}
      {drafts.isSuccess && items.length === 0 && <Empty />}
      {items.map((draft) => (
        <Group key={draft.id} gap="xs">
          <Badge variant="light" c="dark" color={draft.state === "published" ? "teal" : "gray"}>{say(`draft.state.${draft.state}`)}</Badge>
          <Anchor component={Link} to={`/drafts/${draft.id}`} data-row>{draft.title}</Anchor>
          <Text size="sm" c="dimmed">{who(draft.author)} · {timeText(draft.changed_at)} · {say("draft.based", { number: draft.based_on })}</Text>
        </Group>
      ))}
      {drafts.hasNextPage && <Button variant="default" onClick={() => void drafts.fetchNextPage()}>{say("state.more")}</Button>}
    </Stack>
  );
}
