// Changes that wait for a second person: what exactly, by whom, why; approve or reject. Used by the shell. What is
// approved is what stands on the page: its hash goes back with the approval. Nobody is offered to decide on his own.
import { Badge, Button, Card, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { get, post, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { Facts } from "../../ui/facts";
import { timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { useSession } from "../../ui/session";
import { Reason } from "../../ui/server_words";
import { Empty, Failure, Loading } from "../../ui/states";
import { Subject } from "../../ui/subject";
import { ChangeShown } from "./change";
import { carriers, mayCarryOut } from "./carriers";

const states = ["open", "approved", "consumed", "rejected", "withdrawn", "replaced", "void"] as const;

export function ProposalsPage() {
  const { say } = useWords();
  const [filters, setFilters] = useSearchParams();
  const state = filters.get("state") ?? "open";
  const open = useInfiniteQuery({
    queryKey: ["proposals", state],
    queryFn: ({ pageParam }): Promise<Schemas["Proposals"]> => get("/desk/proposals", { query: { state, limit: 20, cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const items = open.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack>
      <Title order={1} size="h3">{say("proposals.title")}</Title>
      <Select label={say("alerts.state")} value={state} onChange={(value) => setFilters({ state: value ?? "open" })} allowDeselect={false} w={200}
        data={states.map((one) => ({ value: one, label: say(`proposals.state.${one}`) }))} />
      {open.error && <Failure error={open.error} again={() => void open.refetch()} />}
      {open.isPending && <Loading />}
      {open.isSuccess && items.length === 0 && <Empty />}
      {items.map((one) => <ProposalCard key={one.id} id={one.id} />)}
      {open.hasNextPage && <Button variant="default" onClick={() => void open.fetchNextPage()}>{say("state.more")}</Button>}
    </Stack>
  );
}

// What deciding on a kind of change needs beside the right to decide at all.
const needs: Record<string, string> = { "policy.publish": "policy.approve", "policy.roll_back": "policy.approve", "list.override": "lists.override" };

// `carriedOutBelow`: the page around it has a button of its own for that.
export function ProposalCard({ id, carriedOutBelow = false }: { id: string; carriedOutBelow?: boolean }) {
  const { say, name } = useWords();
  const { session, may } = useSession();
  const who = usePeople();
  const [reason, setReason] = useState("");
  const act = useAct("proposals", "proposal", "policy", "policy-versions", "lists", "drafts", "draft", "accounts", "access-review", "session");
  const one = useQuery({ queryKey: ["proposal", id], queryFn: () => get("/desk/proposals/{id}", { id }) });
  if (one.error) return <Failure error={one.error} again={() => void one.refetch()} />;
  if (!one.data) return <Loading />;
  const proposal = one.data;
  const done = (work: () => Promise<unknown>) =>
    act.run(async () => {
      await work();
      return say("state.saved");
    });
  const approve = () => done(() => post("/desk/proposals/{id}/approve", { id, body: { hash: proposal.hash, reason } }));
  const reject = () => done(() => post("/desk/proposals/{id}/reject", { id, body: { reason } }));
  const withdraw = () => done(() => post("/desk/proposals/{id}/withdraw", { id }));
  const ratify = () => done(() => post("/desk/proposals/{id}/ratify", { id }));
  const mine = proposal.author === session.account?.id;
  const decides = may("proposals.decide") && may(needs[proposal.kind] ?? "proposals.decide") && !mine;
  // Went through by cooling-off: nobody but its author has looked at it yet.
  const unratified = proposal.state === "consumed" && !proposal.decided_by && !proposal.ratified_at;
  return (
    <Card withBorder>
      <Group mb="xs">
        <Text fw={600}>{name("changeKind", proposal.kind)} · <Subject text={proposal.target} /></Text>
        <Badge variant="light" c="dark">{name("proposals.state", proposal.state)}</Badge>
      </Group>
      <Facts facts={[
        [say("proposals.author"), `${who(proposal.author)} · ${timeText(proposal.made_at)}`],
        [say("proposals.reason"), <Reason key="reason" text={proposal.reason} />],
        [say("proposals.expires"), timeText(proposal.expires_at)],
        ...(proposal.cooling_until ? [[say("proposals.cooling"), timeText(proposal.cooling_until)] as const] : []),
        ...(proposal.decided_by ? [[say("proposals.decidedBy"), `${who(proposal.decided_by)} · ${timeText(proposal.decided_at)}`] as const] : []),
        ...(proposal.decided_reason ? [[say("proposals.decidedReason"), proposal.decided_reason] as const] : []),
      ]} />
      <ChangeShown proposal={proposal} />
      {mine && proposal.state === "open" && <Text mt="sm">{say("proposals.mine")}</Text>}
      {mine && ["open", "approved"].includes(proposal.state) && (
        <Button mt="sm" variant="default" disabled={act.busy} onClick={() => void withdraw()}>{say("proposals.withdraw")}</Button>
      )}
      {!carriedOutBelow && mayCarryOut(proposal, session.account?.id ?? "", may) && (
        <Button mt="sm" ml="xs" disabled={act.busy} onClick={() => void done(() => carriers[proposal.kind].run(proposal))}>{say("proposals.carryOut")}</Button>
      )}
      {unratified && (
        <Group mt="sm">
          <Text>{say("proposals.alone")}</Text>
          {decides && <Button disabled={act.busy} onClick={() => void ratify()}>{say("proposals.ratify")}</Button>}
        </Group>
      )}
      {decides && proposal.state === "open" && (
        <Group mt="sm" align="end">
          <TextInput label={say("proposals.reason")} value={reason} maxLength={200} onChange={(event) => setReason(event.currentTarget.value)} />
          <Button disabled={act.busy} onClick={() => void approve()}>{say("proposals.approve")}</Button>
          <Button variant="default" disabled={act.busy || reason.trim() === ""} onClick={() => void reject()}>{say("proposals.reject")}</Button>
        </Group>
      )}
      {act.shown}
    </Card>
  );
}
