// Changes that wait for a second person: what exactly, by whom, why; approve or reject. Used by the shell. What is
// approved is what stands on the page: its hash goes back with the approval.
import { Button, Card, Code, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { get, post } from "../../api/client";
import { useWords } from "../../locales/words";
import { timeText } from "../../ui/format";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading } from "../../ui/states";

export function ProposalsPage() {
  const { say } = useWords();
  const open = useQuery({ queryKey: ["proposals"], queryFn: () => get("/desk/proposals", { query: { state: "open" } }) });
  return (
    <Stack>
      <Title order={1} size="h3">{say("proposals.title")}</Title>
      {open.error && <Failure error={open.error} again={() => void open.refetch()} />}
      {open.isPending && <Loading />}
      {open.data?.items.length === 0 && <Empty />}
      {open.data?.items.map((one) => <ProposalCard key={one.id} id={one.id} />)}
    </Stack>
  );
}

function ProposalCard({ id }: { id: string }) {
  const { say } = useWords();
  const { session } = useSession();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<unknown>(null);
  const one = useQuery({ queryKey: ["proposal", id], queryFn: () => get("/desk/proposals/{id}", { id }) });
  if (one.error) return <Failure error={one.error} />;
  if (!one.data) return <Loading />;
  const proposal = one.data;
  const decide = async (good: boolean) => {
    setError(null);
    try {
      if (good) await post("/desk/proposals/{id}/approve", { id, body: { hash: proposal.hash, reason } });
      else await post("/desk/proposals/{id}/reject", { id, body: { reason } });
      await queries.invalidateQueries({ queryKey: ["proposals"] });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Card withBorder>
      <Text>{say("proposals.kind")}: {proposal.kind} · {proposal.target}</Text>
      <Text>{say("proposals.author")}: {proposal.author} · {timeText(proposal.made_at)}</Text>
      <Text>{say("proposals.reason")}: {proposal.reason}</Text>
      <Text>{say("proposals.expires")}: {timeText(proposal.expires_at)}</Text>
      <Text mt="xs">{say("proposals.change")}</Text>
      <Code block>{proposal.change}</Code>
      {proposal.author !== session.account?.id && (
        <Group mt="sm" align="end">
          <TextInput label={say("proposals.reason")} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <Button onClick={() => void decide(true)}>{say("proposals.approve")}</Button>
          <Button variant="default" disabled={reason.trim() === ""} onClick={() => void decide(false)}>{say("proposals.reject")}</Button>
        </Group>
      )}
      {error !== null && <Failure error={error} />}
    </Card>
  );
}
