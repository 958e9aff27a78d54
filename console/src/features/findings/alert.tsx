// One alert: what was seen, which payments, what people did, and the steps of handling it. Used by the shell. A verdict
// needs a reason; what it changes in the engine is shown once it is in effect there.
import { Anchor, Button, Card, Group, Select, SimpleGrid, Stack, Table, Text, Textarea, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link, useParams } from "react-router";
import { get, post, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { Facts } from "../../ui/facts";
import { moneyText, timeText } from "../../ui/format";
import { Whole } from "../../ui/whole";
import { useColleagues, usePeople } from "../../ui/people";
import { useRuleWords } from "../../ui/rule_words";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { SeverityBadge, subjectText } from "./alerts";

type Page = Schemas["AlertPage"];
const day = 24 * 3600 * 1000;

export function AlertPage() {
  const { id = "" } = useParams();
  const { say } = useWords();
  const { may } = useSession();
  const rule = useRuleWords();
  const [told, setTold] = useState("");
  const page = useQuery({ queryKey: ["alert", id], queryFn: () => get("/desk/alerts/{id}", { id }) });
  if (page.error) return <Failure error={page.error} again={() => void page.refetch()} />;
  if (!page.data) return <Loading />;
  const alert = page.data;
  return (
    <Stack>
      <Group>
        <Title order={1} size="h3">{say("alert.title", { rule: rule(alert.rule, alert.typology), subject: subjectText(alert) })}</Title>
        <SeverityBadge severity={alert.severity} />
        <Text>{say(`alerts.state.${alert.state}`)}</Text>
      </Group>
      <AlertFacts alert={alert} />
      {told !== "" && <Text role="status">{told}</Text>}
      {may("alerts.work") && alert.state !== "closed" && <Steps alert={alert} tell={setTold} />}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Payments alert={alert} />
        <History alert={alert} />
      </SimpleGrid>
    </Stack>
  );
}

function AlertFacts({ alert }: { alert: Page }) {
  const { say, name, language } = useWords();
  const rule = useRuleWords();
  const who = usePeople();
  const facts: [string, ReactNode][] = [
    [name("entity", alert.subject.kind.split(".")[0]), <Subject key="subject" alert={alert} />],
    [say("alerts.rule"), `${rule(alert.rule, alert.typology)} (${alert.rule})`],
    [say("alert.reason"), name("category", alert.reason)],
    [say("alerts.amount"), moneyText(alert.amount, language)],
    [say("alerts.decisions"), String(alert.decisions)],
    [say("alert.first"), timeText(alert.first_at)],
    [say("alerts.last"), timeText(alert.last_at)],
    [say("alerts.assignee"), who(alert.assignee) || say("state.none")],
    [say("alert.verdict"), alert.verdict ? say(`alert.${alert.verdict}`) : say("state.none")],
  ];
  if (alert.verdict_at) facts.push([say("alerts.state.closed"), <span key="closed">{who(alert.verdict_by)} · <Whole text={timeText(alert.verdict_at)} /></span>]);
  if (alert.snoozed_until) facts.push([say("alert.until"), timeText(alert.snoozed_until)]);
  if (alert.previous) facts.push([say("alert.previous"), <Anchor key="before" component={Link} to={`/alerts/${alert.previous}`}>{alert.previous.slice(-6)}</Anchor>]);
  return (
    <Card withBorder>
      <Facts facts={facts} />
      {alert.snoozed_decisions > 0 && <Text mt="xs">{say("alert.snoozed", { count: alert.snoozed_decisions })}</Text>}
      {alert.cooled_decisions > 0 && <Text mt="xs">{say("alert.cooled", { count: alert.cooled_decisions })}</Text>}
    </Card>
  );
}

function Subject({ alert }: { alert: Page }) {
  const { may } = useSession();
  const merchant = alert.merchant_id ?? alert.merchant;
  if (!may("registry.read")) return subjectText(alert);
  return (
    <>
      {merchant && <Anchor component={Link} to={`/merchants/${encodeURIComponent(merchant)}`}>{alert.merchant_name ?? merchant}</Anchor>}
      {merchant && alert.terminal && " · "}
      {alert.terminal && <Anchor component={Link} to={`/terminals/${encodeURIComponent(alert.terminal)}`}>{alert.terminal}</Anchor>}
    </>
  );
}

// What was done is told by the page: a verdict closes the alert, and these steps with it.
function Steps({ alert, tell }: { alert: Page; tell: (words: string) => void }) {
  const { say } = useWords();
  const { may, session } = useSession();
  const queries = useQueryClient();
  const [words, setWords] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<string>) => {
    setBusy(true);
    setError(null);
    try {
      tell(await work());
      setWords("");
      await queries.invalidateQueries({ queryKey: ["alerts"] });
      await queries.invalidateQueries({ queryKey: ["alert", alert.id] });
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const judge = (verdict: "fraud" | "good" | "unsure") =>
    act(async () => {
      const done = await post("/desk/alerts/{id}/verdict", {
        id: alert.id, query: { wait: "effective" }, body: { verdict, reason: words, version: alert.version },
      });
      return done.effective ? say("alert.labels", { count: done.labels }) : say("alert.requested");
    });
  const snooze = () =>
    act(async () => {
      const until = new Date(Date.now() + day).toISOString();
      await post("/desk/alerts/{id}/snooze", { id: alert.id, body: { until, reason: words, version: alert.version } });
      return say("state.saved");
    });
  const note = () =>
    act(async () => {
      await post("/desk/alerts/{id}/note", { id: alert.id, body: { text: words } });
      return say("state.saved");
    });
  const take = () =>
    act(async () => {
      await post("/desk/alerts/{id}/take", { id: alert.id });
      return say("state.saved");
    });
  const colleagues = useColleagues(...(alert.assignee === null ? [] : [alert.assignee]));
  const give = (assignee: string | null) =>
    act(async () => {
      await post("/desk/alerts/{id}/assign", { id: alert.id, body: { assignee, version: alert.version } });
      return say("state.saved");
    });
  const silent = words.trim() === "" || busy;
  return (
    <Card withBorder>
      <Textarea label={say("alert.why")} value={words} onChange={(event) => setWords(event.currentTarget.value)} autosize minRows={2} maxLength={4000} />
      <Group mt="sm">
        <Button color="red" disabled={silent} onClick={() => void judge("fraud")}>{say("alert.fraud")}</Button>
        <Button color="teal" disabled={silent} onClick={() => void judge("good")}>{say("alert.good")}</Button>
        <Button variant="default" disabled={silent} onClick={() => void judge("unsure")}>{say("alert.unsure")}</Button>
        <Button variant="default" disabled={silent} onClick={() => void snooze()}>{say("alert.snooze")}</Button>
        <Button variant="default" disabled={silent} onClick={() => void note()}>{say("alert.addNote")}</Button>
        {may("alerts.work") && alert.assignee !== session.account?.id && (
          <Button variant="default" disabled={busy} onClick={() => void take()}>{say("alert.take")}</Button>
        )}
      </Group>
      {may("alerts.assign") && colleagues.length > 0 && (
        <Select mt="sm" label={say("alert.assign")} value={alert.assignee} disabled={busy} clearable searchable w={220} data={colleagues} onChange={(who) => void give(who)} />
      )}
      {error !== null && <Failure error={error} />}
    </Card>
  );
}

const paymentsShown = 12;

function Payments({ alert }: { alert: Page }) {
  const { say, language } = useWords();
  const { may } = useSession();
  const [all, setAll] = useState(false);
  const rows = all ? alert.kept : alert.kept.slice(0, paymentsShown);
  return (
    <Card withBorder>
      <Title order={2} size="h5">{say("alert.kept")}</Title>
      <Table>
        <Table.Tbody>
          {rows.map((one) => (
            <Table.Tr key={one.decision}>
              <Table.Td>{timeText(one.at)}</Table.Td>
              <Table.Td ta="right">{moneyText(one.amount, language)}</Table.Td>
              <Table.Td>{may("decisions.read") && <Anchor component={Link} to={`/decisions/${one.decision}`} size="sm">{say("alert.look")}</Anchor>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length < alert.kept.length && (
        <Button mt="xs" variant="default" size="xs" onClick={() => setAll(true)}>{say("state.more")} ({alert.kept.length})</Button>
      )}
    </Card>
  );
}

function History({ alert }: { alert: Page }) {
  const { say, name } = useWords();
  const who = usePeople();
  const eventValue = (event: Page["events"][number]) => {
    if (event.action === "judged") return name("verdict", event.value);
    if (event.action === "assigned") return who(event.value) || say("alerts.nobody");
    return timeText(event.value) || event.value;
  };
  return (
    <Card withBorder>
      <Title order={2} size="h5">{say("alert.history")}</Title>
      {alert.events.length === 0 && <Text c="dimmed">{say("state.none")}</Text>}
      {alert.events.map((event) => (
        <div key={`${event.at}${event.action}`}>
          <Text size="sm" c="dimmed">
            {timeText(event.at)} · {who(event.actor)} · {name("alert.action", event.action)} {eventValue(event)}
          </Text>
          {event.note !== "" && <Text>{event.note}</Text>}
        </div>
      ))}
    </Card>
  );
}
