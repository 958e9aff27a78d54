// Who has what, since when, given by whom: the report for a review of access, for reading and for printing; and how changes
// are approved. Used by the shell's routes.
import { Badge, Button, Card, Group, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { download, get, put, type Session } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { askedAnew, useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { Whole } from "../../ui/whole";
import { AgentName } from "../registry/entity_name";
import { useRoles } from "./roles";

export function ReviewPage() {
  const { say, name } = useWords();
  const { may } = useSession();
  const roles = useRoles();
  const who = usePeople();
  const review = useQuery({ queryKey: ["access-review"], queryFn: () => get("/desk/access-review") });
  const saving = useAct();
  const save = async () => {
    await download("/desk/access-review", { format: "csv" }, "access-review.csv");
    return undefined;
  };
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h3">{say("nav.review")}</Title>
        <Group>
          <Button variant="default" onClick={() => void saving.run(save)}>{say("review.save")}</Button>
          <Button variant="default" onClick={() => window.print()}>{say("review.print")}</Button>
        </Group>
      </Group>
      {saving.shown}
      {may("settings.manage") && <ApprovalMode />}
      {review.error && <Failure error={review.error} again={() => void review.refetch()} />}
      {review.isPending && <Loading />}
      {review.data && (
        <Card withBorder>
          <Text size="sm" mb="xs">{say("review.at", { at: timeText(review.data.at) })}</Text>
          <Table className="narrow-cards">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say("first.shown")}</Table.Th>
                <Table.Th>{say("accounts.role")}</Table.Th>
                <Table.Th>{say("review.where")}</Table.Th>
                <Table.Th>{say("review.given")}</Table.Th>
                <Table.Th>{say("accounts.seen")}</Table.Th>
                <Table.Th>{say("alerts.state")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {review.data.items.map((item) => (
                <Table.Tr key={`${item.account}${item.role}${item.agent}`}>
                  <Table.Td data-label={say("first.shown")}>{item.shown_name} ({item.sign_in})</Table.Td>
                  <Table.Td data-label={say("accounts.role")}>{roles.text(item.role)}</Table.Td>
                  <Table.Td data-label={say("review.where")}>{item.agent === "*" ? say("review.everywhere") : <AgentName id={item.agent} />}</Table.Td>
                  <Table.Td data-label={say("review.given")}><span>{who(item.granted_by)} · <Whole text={timeText(item.granted_at)} /></span></Table.Td>
                  <Table.Td data-label={say("accounts.seen")}>{timeText(item.seen_at) || say("state.none")}</Table.Td>
                  <Table.Td data-label={say("alerts.state")}>
                    <div>
                      {name("accounts.state", item.state)}
                      {item.dormant && <Badge ml={4} color="yellow" variant="light" c="dark">{say("review.dormant")}</Badge>}
                      {!item.has_factor && <Badge ml={4} color="orange" variant="light" c="dark">{say("review.noFactor")}</Badge>}
                    </div>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </Stack>
  );
}

const modes = ["two_people", "duo", "solo"] as const;

// To a looser mode only by a proposal that another approves; the desk says which way it went. The mode is everybody's: another
// may have changed it since this session was read, and whoever could not choose the old one could not take that back.
function ApprovalMode() {
  const { say } = useWords();
  const { session } = useSession();
  useQuery(askedAnew);
  const [chosen, setChosen] = useState<Session["approval_mode"] | null>(null);
  const mode = chosen ?? session.approval_mode;
  const [reason, setReason] = useState("");
  const act = useAct("session", "proposals");
  const change = () =>
    act.run(async () => {
      const answer = await put("/desk/approval-mode", { body: { mode, reason } });
      setChosen(null);
      return say(answer === undefined ? "state.saved" : "state.proposed");
    });
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("mode.title")}</Title>
      <Group align="end" className="field-row">
        <Select label={say("mode.title")} value={mode} allowDeselect={false} w={320} onChange={(value) => setChosen((value ?? mode) as Session["approval_mode"])}
          data={modes.map((one) => ({ value: one, label: say(`mode.${one}`) }))} />
        <TextInput label={say("proposals.reason")} value={reason} maxLength={300} onChange={(event) => setReason(event.currentTarget.value)} />
        <Button variant="default" loading={act.busy} disabled={mode === session.approval_mode} onClick={() => void change()}>{say("state.save")}</Button>
      </Group>
      {act.shown}
    </Card>
  );
}
