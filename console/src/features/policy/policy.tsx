// The policy room: what is in force, what each rule came to (hits, shadow hits, verdicts), and the versions with the way back. Used
// by the shell's routes. Going back takes another person's approval, as every loosening does.
import { Anchor, Badge, Button, Card, Group, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { get, post, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { Reason, useServerWords } from "../../ui/server_words";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { Whole } from "../../ui/whole";
import { SeverityBadge } from "../findings/alerts";

// What was published comes into force a moment later, or at its time: asked for more often while it is on its way.
const soon = 1_000;
const later = 15_000;
const coming = (room: Schemas["PolicyRoom"] | undefined) => room !== undefined && (room.scheduled.length > 0 || !room.in_force.effective);

export function PolicyPage() {
  const { say } = useWords();
  const room = useQuery({ queryKey: ["policy", "room"], queryFn: () => get("/desk/policy"), refetchInterval: (query) => (coming(query.state.data) ? soon : later) });
  return (
    <Stack>
      <Title order={1} size="h3">{say("nav.policy")}</Title>
      {room.error && <Failure error={room.error} again={() => void room.refetch()} />}
      {room.isPending && <Loading />}
      {room.data && <InForce room={room.data} />}
      {room.data && <Rules rules={room.data.rules} />}
      <Versions />
    </Stack>
  );
}

function InForce({ room }: { room: Schemas["PolicyRoom"] }) {
  const { say } = useWords();
  const told = useServerWords();
  const now = room.in_force;
  return (
    <Card withBorder>
      <Text fw={600}>{say("policy.inForce", { number: now.number })} · <Whole text={say("policy.since", { at: timeText(now.effective_at) })} /></Text>
      {!now.effective && <Text role="status">{now.refusal ? say("registry.refused", { why: told(now.refusal) }) : say("policy.pending")}</Text>}
      {room.scheduled.map((one) => <Text key={one.number}>{say("policy.scheduled", { number: one.number, at: timeText(one.effective_at) })}</Text>)}
    </Card>
  );
}

function Rules({ rules }: { rules: Schemas["PolicyRule"][] }) {
  const { say, language } = useWords();
  const hits = (count: Schemas["PolicyHits"]) => `${count.live}${count.shadow > 0 ? ` ${say("policy.shadowHits", { count: count.shadow })}` : ""}`;
  return (
    <Table highlightOnHover className="narrow-cards">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say("policy.rule")}</Table.Th>
          <Table.Th>{say("alerts.severity")}</Table.Th>
          <Table.Th>{say("policy.mode")}</Table.Th>
          <Table.Th ta="right">{say("policy.hits7")}</Table.Th>
          <Table.Th ta="right">{say("policy.hits30")}</Table.Th>
          <Table.Th ta="right">{say("policy.precision")}</Table.Th>
          <Table.Th ta="right">{say("policy.ceiling")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rules.map((rule) => (
          <Table.Tr key={rule.id}>
            <Table.Td data-label={say("policy.rule")}>
              <div>
                <Anchor component={Link} to={`/policy/rules/${encodeURIComponent(rule.id)}`} data-row>{rule.title[language] || rule.id}</Anchor>
                <Text size="xs" c="dimmed">{rule.id}</Text>
              </div>
            </Table.Td>
            <Table.Td data-label={say("alerts.severity")}><div><SeverityBadge severity={rule.severity} /></div></Table.Td>
            <Table.Td data-label={say("policy.mode")}>
              <div>
                {say(`policy.mode.${rule.mode}`)}
                {rule.dropped_at && <Text size="xs">{say("policy.dropped", { at: timeText(rule.dropped_at) })}</Text>}
              </div>
            </Table.Td>
            <Table.Td data-label={say("policy.hits7")} className="number">{hits(rule.hits_7_days)}</Table.Td>
            <Table.Td data-label={say("policy.hits30")} className="number">{hits(rule.hits_30_days)}</Table.Td>
            <Table.Td data-label={say("policy.precision")} className="number">{rule.alerts.fraud} / {rule.alerts.good} / {rule.alerts.unsure}</Table.Td>
            <Table.Td data-label={say("policy.ceiling")} className="number">{(rule.ceiling_ppm / 10_000).toFixed(2)}%</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Versions() {
  const { say } = useWords();
  const { may } = useSession();
  const who = usePeople();
  const [reason, setReason] = useState("");
  const act = useAct("policy", "policy-versions", "proposals");
  const versions = useInfiniteQuery({
    queryKey: ["policy-versions"],
    queryFn: ({ pageParam }): Promise<Schemas["PolicyVersions"]> => get("/desk/policy/versions", { query: { limit: 10, cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: later,
  });
  const items = versions.data?.pages.flatMap((page) => page.items) ?? [];
  const back = (to: number) =>
    act.run(async () => {
      await post("/desk/policy/roll-back", { body: { to, reason } });
      return say("state.proposed");
    });
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("policy.versions")}</Title>
      {versions.error && <Failure error={versions.error} again={() => void versions.refetch()} />}
      {may("policy.publish") && items.some((one) => one.state === "replaced") && <TextInput label={say("proposals.reason")} value={reason} maxLength={300} maw={360} mb="xs" onChange={(event) => setReason(event.currentTarget.value)} />}
      {items.map((one) => (
        <Group key={one.number} gap="xs" mb="xs">
          <Badge variant="light" c="dark" color={one.state === "in_force" ? "teal" : "gray"}>{say(`policy.state.${one.state}`)}</Badge>
          <Text size="sm">{say("policy.version", { number: one.number })} · {timeText(one.effective_at)} · {who(one.author)} · <Reason text={one.reason} /></Text>
          {may("policy.publish") && one.state === "replaced" && (
            <Button size="compact-xs" variant="default" disabled={act.busy || reason.trim() === ""} onClick={() => void back(one.number)}>{say("policy.rollBack")}</Button>
          )}
        </Group>
      ))}
      {versions.hasNextPage && <Button size="xs" variant="default" onClick={() => void versions.fetchNextPage()}>{say("state.more")}</Button>}
      {act.shown}
    </Card>
  );
}
