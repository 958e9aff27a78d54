// One decision in words: why, on which values over which windows and how complete they were, what came of it, by which
// policy, what came later, what happened around it, and the event as it was recorded. Used by the shell's routes.
import { Anchor, Badge, Card, Code, Group, List, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { get, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { Facts } from "../../ui/facts";
import { timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { useRuleWords } from "../../ui/rule_words";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { SeverityBadge } from "../findings/alerts";
import { Around } from "./around";
import { amountText, Asked, cardText, merchantText } from "./decisions";
import { Values } from "./values";

type Detail = Schemas["DecisionDetail"];

export function DecisionPage() {
  const { id = "" } = useParams();
  const { say, language } = useWords();
  const page = useQuery({ queryKey: ["decision", id], queryFn: () => get("/desk/decisions/{id}", { id }) });
  if (page.error) return <Failure error={page.error} again={() => void page.refetch()} />;
  if (!page.data) return <Loading />;
  const detail = page.data;
  return (
    <Stack>
      <Group>
        <Title order={1} size="h3">{merchantText(detail.item) || detail.item.id} · {amountText(detail.item, language)}</Title>
        <Asked item={detail.item} />
      </Group>
      <Payment detail={detail} />
      <Why detail={detail} />
      <Outcome detail={detail} />
      <Values detail={detail} />
      <Standing detail={detail} />
      {detail.decision.not_seen.length > 0 && (
        <Card withBorder>
          <Title order={2} size="h5" mb="xs">{say("decision.notSeen")}</Title>
          <Text size="sm">{detail.decision.not_seen.map((name) => <Code key={name} mr={6}>{name}</Code>)}</Text>
        </Card>
      )}
      <Later detail={detail} />
      <Around id={id} />
      <Raw detail={detail} />
    </Stack>
  );
}

function Payment({ detail }: { detail: Detail }) {
  const { say, name, language } = useWords();
  const { may } = useSession();
  const { item } = detail;
  const link = (kind: string, id: string | null, text: string) =>
    id === null || !may("registry.read") ? text : <Anchor component={Link} to={`/${kind}/${encodeURIComponent(id)}`}>{text}</Anchor>;
  return (
    <Card withBorder>
      <Facts facts={[
        [say("field.merchant"), link("merchants", item.merchant_id ?? item.merchant, merchantText(item) || say("state.none"))],
        [say("entity.terminal"), link("terminals", item.terminal, item.terminal ?? say("state.none"))],
        [say("entity.card"), item.card.id === null ? cardText(item) || say("state.none")
          : <Anchor component={Link} to={`/decisions?card=${item.card.id}`}>{cardText(item)}</Anchor>],
        [say("decisions.amount"), amountText(item, language)],
        [say("decision.happened"), timeText(item.time)],
        [say("decision.arrived"), timeText(item.admitted_at)],
        [name("field", "id"), <Code key="id">{item.request_id ?? item.id}</Code>],
        [say("decision.policy"), detail.policy === null ? `${detail.decision.policy.slice(0, 12)}…`
          : <span title={detail.policy.hash}>{say("decision.version", { name: detail.policy.name, version: detail.policy.version })}</span>],
      ]} />
    </Card>
  );
}

function Why({ detail }: { detail: Detail }) {
  const { say, name, language } = useWords();
  const rule = useRuleWords();
  const title = (id: string, typology: string) => detail.titles.find((one) => one.rule === id)?.[language] ?? rule(id, typology);
  // No number is shown for how sure a rule is: people would reckon with it.
  const sure = (confidence: number) => say(confidence >= 0.8 ? "confidence.high" : confidence >= 0.5 ? "confidence.medium" : "confidence.low");
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("decision.why")}</Title>
      {detail.decision.reasons.length === 0 && <Text>{say(detail.decision.standing.length === 0 ? "decision.nothing" : "decision.byStanding")}</Text>}
      <Stack gap="md">
        {detail.decision.reasons.map((reason) => (
          <div key={`${reason.rule}.${reason.cause}`}>
            <Group gap="xs">
              <SeverityBadge severity={reason.severity} />
              <Text fw={600}>{title(reason.rule, reason.typology)}</Text>
              <Text size="sm" c="dimmed">{reason.rule} · {say("decision.confidence")}: {sure(reason.confidence)} · {name("category", reason.category)}</Text>
              {reason.shadow && <Badge variant="outline" c="dark">{say("decisions.shadow")}</Badge>}
            </Group>
            {reason.text && <Text>{reason.text[language]}</Text>}
            {reason.cause !== "matched" && <Text size="sm">{say(`decision.cause.${reason.cause}`)}</Text>}
            {reason.shadow && <Text size="sm">{say("decision.shadowText")}</Text>}
            {reason.message && <Text size="sm" c="dimmed">{say("decision.message")}: {reason.message[language]}</Text>}
          </div>
        ))}
      </Stack>
    </Card>
  );
}

function Outcome({ detail }: { detail: Detail }) {
  const { say, name } = useWords();
  const line = (outcome: Schemas["Outcome"]) =>
    [`${name("authorisation", outcome.authorisation)}${outcome.code ? ` (${outcome.code})` : ""}`, name("settlement", outcome.settlement),
      ...(outcome.subject === "none" ? [] : [name("measure", outcome.subject)])].join(" · ");
  const { decision } = detail;
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("decision.outcome")}</Title>
      <Facts cols={2} facts={[
        [say("decision.asked"), line(decision.outcome)],
        [say("decision.effective"), decision.authority === "agent" ? say("decision.advisory") : line(decision.effective)],
      ]} />
    </Card>
  );
}

function Standing({ detail }: { detail: Detail }) {
  const { say, name } = useWords();
  const who = usePeople();
  const rule = useRuleWords();
  if (detail.decision.standing.length === 0) return null;
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("decision.standing")}</Title>
      {detail.decision.standing.map((one) => (
        <Text key={`${one.effect}${one.name}${one.subject}`} size="sm">
          {[name("standing", one.effect), one.effect === "restriction" || one.effect === "hold" ? rule(one.name) : one.name, name("category", one.reason), who(one.owner),
            one.expires_at ? `${name("field", "expires_at")} ${timeText(one.expires_at)}` : ""].filter((part) => part !== "").join(" · ")}
        </Text>
      ))}
    </Card>
  );
}

function Later({ detail }: { detail: Detail }) {
  const { say, name } = useWords();
  if (detail.later.length === 0) return null;
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("decision.later")}</Title>
      <List size="sm">
        {detail.later.map((one) => (
          <List.Item key={one.sequence}>
            {timeText(one.time)} ·{" "}
            {one.approved !== null && `${say(one.approved ? "decision.approved" : "decision.notApproved")} ${one.code ?? ""}`}
            {one.fraud !== null && `${say(one.fraud ? "decision.fraud" : "decision.good")} ${name("source", one.source)}`}
          </List.Item>
        ))}
      </List>
    </Card>
  );
}

function Raw({ detail }: { detail: Detail }) {
  const { say } = useWords();
  const { event } = detail;
  return (
    <Card withBorder>
      <details>
        <summary>{say("decision.raw")}</summary>
        {event.orphan && <Text size="sm">{say("decision.orphan")}</Text>}
        {event.withheld.length > 0 && <Text size="sm">{say("decision.withheld", { names: event.withheld.join(", ") })}</Text>}
        <Code block tabIndex={0} mah={400} style={{ overflow: "auto" }}>{JSON.stringify(event.attributes, null, 2)}</Code>
      </details>
    </Card>
  );
}
