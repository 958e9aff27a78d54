// The page of one registered thing: its facts, how it traded, its alerts, where it stood, and every change. Used by the
// shell's routes. Personal members come masked; in clear only for a reason, which is recorded.
import { Anchor, Button, Card, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link, useLocation, useParams } from "react-router";
import { get } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { Facts } from "../../ui/facts";
import { type Money, moneyText, timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { AlertLines } from "../findings/alert_lines";
import { type Active, Activity } from "./activity";
import { history, one, type Revealable, reveal, revealable } from "./ask";
import { EntityName } from "./entity_name";
import { type Field, type Kind, nameOf, pathTo, type Row, shapes } from "./shape";
import { dayText, minuteText } from "./values";

const active: readonly Kind[] = ["merchants", "terminals", "agents"];

export function EntityPage({ kind }: { kind: Kind }) {
  const { id = "" } = useParams();
  const { say, name } = useWords();
  const { may } = useSession();
  const came = useLocation().state as { effective?: boolean } | null;
  const row = useQuery({ queryKey: ["registry", kind, id], queryFn: () => one(kind, id) });
  if (row.error) return <Failure error={row.error} again={() => void row.refetch()} />;
  if (!row.data) return <Loading />;
  const registered = row.data.registered !== false;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h3">{nameOf(row.data)}</Title>
        {registered && may("registry.edit") && (
          <Button component={Link} to={`${pathTo(kind, String(row.data.id))}/edit`} variant="default">{say("registry.edit")}</Button>
        )}
      </Group>
      {came?.effective !== undefined && <Text role="status">{say(came.effective ? "state.effective" : "state.pending")}</Text>}
      {registered ? <Registered kind={kind} row={row.data} /> : <Stranger kind={kind} row={row.data} />}
      {active.includes(kind) && <Activity kind={kind as Active} id={id} />}
      {may("alerts.read") && <OwnAlerts kind={kind} row={row.data} />}
      {kind === "terminals" && registered && <Bindings id={id} />}
      {kind === "agents" && (
        <Group>
          <Anchor component={Link} to={`/merchants?agent=${encodeURIComponent(String(row.data.id))}`}>{say("registry.under")}: {name("nav", "merchants")}</Anchor>
          <Anchor component={Link} to={`/terminals?agent=${encodeURIComponent(String(row.data.id))}`}>{say("registry.under")}: {name("nav", "terminals")}</Anchor>
        </Group>
      )}
      {registered && <Changes kind={kind} id={id} />}
    </Stack>
  );
}

function Stranger({ kind, row }: { kind: Kind; row: Row }) {
  const { say } = useWords();
  const { may } = useSession();
  return (
    <Card withBorder>
      <Text fw={600}>{say("registry.unregistered")}</Text>
      <Text>{say("registry.seen", { first: timeText(String(row.first_at)), last: timeText(String(row.last_at)), count: String(row.transactions) })}</Text>
      {may("registry.edit") && (
        <Group mt="xs">
          <Button component={Link} to={kind === "terminals" ? `/terminals/new?id=${encodeURIComponent(String(row.id))}` : `/${kind}/new`}>
            {say("registry.register")}
          </Button>
        </Group>
      )}
    </Card>
  );
}

function shownValue(field: Field, row: Row, { name, say, language }: ReturnType<typeof useWords>): ReactNode {
  const value = row[field.name];
  if (value === null || value === undefined || value === "") return null;
  switch (field.as) {
    case "money":
      return moneyText(value as Money, language);
    case "date":
      return dayText(String(value));
    case "minute":
      return minuteText(Number(value));
    case "degrees":
      return (Number(value) / 1e6).toFixed(6);
    case "yes":
      return say(value === true ? "state.yes" : "state.no");
    case "choice":
      return name(field.words ?? "", String(value));
    case "numbers":
      return (value as { channel: string; number: string }[]).map((number) => `${number.number} (${number.channel})`).join(", ");
    case "ref": {
      const shown = row[`${field.name}_name`];
      return <Anchor component={Link} to={pathTo(field.of ?? "agents", String(value))}>{typeof shown === "string" ? shown : <EntityName kind={field.of ?? "agents"} id={String(value)} />}</Anchor>;
    }
    default:
      return String(value);
  }
}

function Registered({ kind, row }: { kind: Kind; row: Row }) {
  const words = useWords();
  const { say, name } = words;
  const { may } = useSession();
  const [clear, setClear] = useState<Row>({});
  const facts: [string, ReactNode][] = [];
  for (const field of shapes[kind]) {
    const shown = shownValue(field, { ...row, ...clear }, words);
    if (shown !== null && shown !== "") facts.push([name("field", field.word ?? field.name), shown]);
  }
  facts.push([name("field", "created_at"), timeText(String(row.created_at))], [name("field", "updated_at"), timeText(String(row.updated_at))]);
  const personal = (revealable as readonly string[]).includes(kind);
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("registry.facts")}</Title>
      <Facts facts={facts} />
      {personal && may("registry.personal") && <Reveal kind={kind as Revealable} id={String(row.id)} show={setClear} />}
    </Card>
  );
}

function Reveal({ kind, id, show }: { kind: Revealable; id: string; show: (row: Row) => void }) {
  const { say } = useWords();
  const [why, setWhy] = useState("");
  const act = useAct("registry");
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      void act.run(async () => {
        show(await reveal(kind, id, why.trim()));
        return undefined;
      });
    }}>
      <Group align="end" mt="sm">
        <TextInput label={say("registry.revealWhy")} value={why} required maxLength={300} w={260} onChange={(event) => setWhy(event.currentTarget.value)} />
        <Button type="submit" variant="default" loading={act.busy}>{say("registry.reveal")}</Button>
      </Group>
      {act.shown}
    </form>
  );
}

// Alerts are kept under what traffic calls a thing: a merchant's numbers, a terminal's serial.
function OwnAlerts({ kind, row }: { kind: Kind; row: Row }) {
  const { say } = useWords();
  if (kind !== "merchants" && kind !== "terminals") return null;
  const numbers = Array.isArray(row.numbers) ? (row.numbers as { number: string }[]).map((one) => one.number) : [String(row.id)];
  if (numbers.length === 0) return null;
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("registry.alerts")}</Title>
      {numbers.slice(0, 5).map((number) => (
        <AlertLines key={number} query={kind === "terminals" ? { terminal: number } : { q: number }} />
      ))}
    </Card>
  );
}

function Bindings({ id }: { id: string }) {
  const { say } = useWords();
  const rows = useQuery({ queryKey: ["registry", "bindings", id], queryFn: () => get("/desk/terminals/{id}/bindings", { id }) });
  if (rows.error) return <Failure error={rows.error} again={() => void rows.refetch()} />;
  if (!rows.data || rows.data.items.length === 0) return null;
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("registry.bindings")}</Title>
      {rows.data.items.map((binding) => (
        <Text key={binding.since} size="sm">
          {timeText(binding.since)} – {timeText(binding.until) || say("registry.tillNow")} · {binding.merchant !== "" && <Anchor component={Link} to={pathTo("merchants", binding.merchant)}>{binding.merchant_name || binding.merchant}</Anchor>} {binding.tid} {binding.reason}
        </Text>
      ))}
    </Card>
  );
}

function Changes({ kind, id }: { kind: Kind; id: string }) {
  const words = useWords();
  const { say, name } = words;
  const who = usePeople();
  const changes = useInfiniteQuery({
    queryKey: ["registry", kind, id, "history"],
    queryFn: ({ pageParam }) => history(kind, id, pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const fieldOf = (member: string) => shapes[kind].find((field) => field.name === member);
  const text = (member: string, value: unknown): ReactNode => {
    if (value === null || value === undefined || value === "") return say("state.none");
    const field = fieldOf(member);
    if (field === undefined) return typeof value === "object" ? JSON.stringify(value) : String(value);
    if (field.as === "numbers") return String(value);
    if (field.as === "ref") return <EntityName kind={field.of ?? "agents"} id={String(value)} />;
    const plain = typeof value === "object" || field.as !== "yes" ? value : value === "true" || value === "1";
    const shown = shownValue(field, { [member]: plain }, words);
    return typeof shown === "string" ? shown : String(value);
  };
  const rows = changes.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("registry.history")}</Title>
      {changes.error && <Failure error={changes.error} again={() => void changes.refetch()} />}
      {changes.isPending && <Loading />}
      {rows.map((change, at) => (
        <Text key={`${change.act}.${change.field}.${at}`} size="sm">
          {timeText(change.at)} · {who(change.actor)} · {name("action", change.action)}{" "}
          {change.field !== "" && name("field", fieldOf(change.field)?.word ?? change.field)}
          {change.personal && ` (${say("registry.personal")})`}
          {!change.personal && change.field !== "" && change.action !== "revealed" && (
            <>: {change.action !== "created" && <>{text(change.field, change.before)} → </>}{text(change.field, change.after)}</>
          )}
          {change.reason !== "" && ` (${change.reason})`}
        </Text>
      ))}
      {changes.hasNextPage && <Button size="xs" variant="default" onClick={() => void changes.fetchNextPage()}>{say("state.more")}</Button>}
    </Card>
  );
}
