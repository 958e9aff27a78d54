// Changes that wait for a second person: what exactly, by whom, why; approve or reject. Used by the shell. What is
// approved is what stands on the page: its hash goes back with the approval.
import { Button, Card, Code, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { get, post } from "../../api/client";
import { useWords } from "../../locales/words";
import { timeText } from "../../ui/format";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading } from "../../ui/states";

const states = ["open", "approved", "consumed"] as const;

export function ProposalsPage() {
  const { say } = useWords();
  const [filters, setFilters] = useSearchParams();
  const state = filters.get("state") ?? "open";
  const open = useQuery({ queryKey: ["proposals", state], queryFn: () => get("/desk/proposals", { query: { state } }) });
  return (
    <Stack>
      <Title order={1} size="h3">{say("proposals.title")}</Title>
      <Select label={say("alerts.state")} value={state} onChange={(value) => setFilters({ state: value ?? "open" })} allowDeselect={false} w={200}
        data={states.map((one) => ({ value: one, label: say(`proposals.state.${one}`) }))} />
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
  const act = async (work: () => Promise<unknown>) => {
    setError(null);
    try {
      await work();
      await queries.invalidateQueries({ queryKey: ["proposals"] });
      await queries.invalidateQueries({ queryKey: ["proposal", id] });
    } catch (failure) {
      setError(failure);
    }
  };
  const approve = () => act(() => post("/desk/proposals/{id}/approve", { id, body: { hash: proposal.hash, reason } }));
  const reject = () => act(() => post("/desk/proposals/{id}/reject", { id, body: { reason } }));
  const withdraw = () => act(() => post("/desk/proposals/{id}/withdraw", { id }));
  const ratify = () => act(() => post("/desk/proposals/{id}/ratify", { id }));
  const mine = proposal.author === session.account?.id;
  // Went through by cooling-off: nobody but its author has looked at it yet.
  const unratified = proposal.state === "consumed" && !proposal.decided_by && !proposal.ratified_at;
  return (
    <Card withBorder>
      <Text>{say("proposals.kind")}: {proposal.kind} · {proposal.target}</Text>
      <Text>{say("proposals.author")}: {proposal.author} · {timeText(proposal.made_at)}</Text>
      <Text>{say("proposals.reason")}: {proposal.reason}</Text>
      <Text>{say("proposals.expires")}: {timeText(proposal.expires_at)}</Text>
      <Text mt="xs">{say("proposals.change")}</Text>
      <Code block>{proposal.change}</Code>
      {proposal.decided_by && <Text>{say("proposals.decidedBy")}: {proposal.decided_by} · {timeText(proposal.decided_at)}</Text>}
      {mine && ["open", "approved"].includes(proposal.state) && (
        <Button mt="sm" variant="default" onClick={() => void withdraw()}>{say("proposals.withdraw")}</Button>
      )}
      {unratified && (
        <Group mt="sm">
          <Text>{say("proposals.alone")}</Text>
          {!mine && <Button onClick={() => void ratify()}>{say("proposals.ratify")}</Button>}
        </Group>
      )}
      {!mine && proposal.state === "open" && (
        <Group mt="sm" align="end">
          <TextInput label={say("proposals.reason")} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <Button onClick={() => void approve()}>{say("proposals.approve")}</Button>
          <Button variant="default" disabled={reason.trim() === ""} onClick={() => void reject()}>{say("proposals.reject")}</Button>
        </Group>
      )}
      {error !== null && <Failure error={error} />}
    </Card>
  );
}
