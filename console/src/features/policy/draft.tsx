// One draft: its files in an editor with the check's faults line by line, what it changes, its tests, and the way into force:
// proposed by its author, approved by another, published. Used by the shell's routes. A change after a proposal takes it back.
import { Alert, Badge, Button, Card, Group, List, Select, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { get, post, put, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { type Act, useAct } from "../../ui/act";
import { usePeople } from "../../ui/people";
import { ServerWords, useServerWords } from "../../ui/server_words";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { cooled } from "../access/carriers";
import { ProposalCard } from "../access/proposals";

type Draft = Schemas["PolicyDraftFiles"];

export function DraftPage() {
  const { id = "" } = useParams();
  const { say } = useWords();
  const { may, session } = useSession();
  const who = usePeople();
  const page = useQuery({ queryKey: ["draft", id], queryFn: () => get("/desk/policy/drafts/{id}", { id }) });
  if (page.error) return <Failure error={page.error} again={() => void page.refetch()} />;
  if (!page.data) return <Loading />;
  const draft = page.data;
  const mine = draft.author === session.account?.id && may("policy.draft") && ["open", "proposed"].includes(draft.state);
  return (
    <Stack>
      <Group>
        <Title order={1} size="h3">{draft.title}</Title>
        <Badge variant="light" c="dark">{say(`draft.state.${draft.state}`)}</Badge>
        <Text size="sm" c="dimmed">{who(draft.author)} · {say("draft.based", { number: draft.based_on })}</Text>
      </Group>
      <Editor draft={draft} mine={mine} />
      <Check draft={draft} />
      <Diff draft={draft} />
      <Test draft={draft} mine={mine} />
      <IntoForce draft={draft} mine={mine} />
    </Stack>
  );
}

function Editor({ draft, mine }: { draft: Draft; mine: boolean }) {
  const { say } = useWords();
  const first = draft.files.find((file) => file.name.includes("rules"))?.name ?? draft.files[0]?.name ?? "";
  const [name, setName] = useState(first);
  const kept = draft.files.find((file) => file.name === name)?.content ?? "";
  const [texts, setTexts] = useState<Record<string, string>>({});
  const text = texts[name] ?? kept;
  const act = useAct("draft", "draft-check", "draft-diff", "proposals");
  const save = () =>
    act.run(async () => {
      await put("/desk/policy/drafts/{id}/files", { id: draft.id, body: { version: draft.version, name, content: text } });
      return say("state.saved");
    });
  return (
    <Card withBorder>
      <Select label={say("draft.file")} value={name} allowDeselect={false} maw={420} onChange={(value) => setName(value ?? name)} data={draft.files.map((file) => file.name)} />
      <Textarea mt="xs" aria-label={name} value={text} readOnly={!mine} rows={18} resize="vertical" spellCheck={false}
        styles={{ input: { fontFamily: "monospace", whiteSpace: "pre", overflowX: "auto" } }}
        onChange={(event) => setTexts({ ...texts, [name]: event.currentTarget.value })} />
      {mine && (
        <Group mt="xs">
          <Button loading={act.busy} disabled={text === kept} onClick={() => void save()}>{say("draft.save")}</Button>
          {text !== kept && <Text size="sm">{say("draft.unsaved")}</Text>}
        </Group>
      )}
      {act.shown}
    </Card>
  );
}

function Check({ draft }: { draft: Draft }) {
  const { say } = useWords();
  const check = useQuery({ queryKey: ["draft-check", draft.id, draft.version], queryFn: () => get("/desk/policy/drafts/{id}/check", { id: draft.id }) });
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("draft.check")}</Title>
      {check.error && <Failure error={check.error} again={() => void check.refetch()} />}
      {check.isPending && <Loading />}
      {check.data?.usable && <Text>✓ {say("draft.usable")}</Text>}
      <List size="sm">
        {check.data?.faults.map((fault) => (
          <List.Item key={`${fault.file}${fault.line}${fault.column}${fault.message}`}>
            <strong>{say(fault.warning ? "draft.warning" : "draft.fault")}</strong> · {say("draft.line", { file: fault.file, line: fault.line })}: <ServerWords text={fault.message} />{fault.hint !== "" && <> (<ServerWords text={fault.hint} />)</>}
          </List.Item>
        ))}
      </List>
    </Card>
  );
}

function Diff({ draft }: { draft: Draft }) {
  const { say } = useWords();
  const told = useServerWords();
  const diff = useQuery({ queryKey: ["draft-diff", draft.id, draft.version], queryFn: () => get("/desk/policy/drafts/{id}/diff", { id: draft.id }), retry: false });
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("draft.diff")}</Title>
      {diff.error && <Failure error={diff.error} again={() => void diff.refetch()} />}
      {diff.isPending && <Loading />}
      {diff.data?.lines.length === 0 && <Text c="dimmed">{say("draft.same")}</Text>}
      {diff.data?.lines.map((line) => <Text key={line} size="sm" ff="monospace" style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}><DiffLine line={line} /></Text>)}
      {diff.data && diff.data.backfill.length > 0 && <Text mt="xs" size="sm">{say("draft.backfill", { names: diff.data.backfill.map(told).join(", ") })}</Text>}
    </Card>
  );
}

// A line of a difference: a sentence, or a member with what it was and is now.
function DiffLine({ line }: { line: string }) {
  const { language, say } = useWords();
  const found = /^( +)(now|new|no longer) ?([\s\S]*)$/.exec(line);
  if (language === "en" || found === null) return <ServerWords text={line} />;
  const word = found[2] === "now" ? "draft.isNow" : found[2] === "new" ? "draft.isNew" : "draft.isGone";
  return <>{found[1]}{say(word)} {found[3]}</>;
}

function Test({ draft, mine }: { draft: Draft; mine: boolean }) {
  const { say } = useWords();
  const [told, setTold] = useState<Schemas["PolicyTest"] | null>(null);
  const act = useAct("draft");
  const run = () =>
    act.run(async () => {
      setTold(await post("/desk/policy/drafts/{id}/test", { id: draft.id }));
      return undefined;
    });
  const result = draft.tested;
  return (
    <Card withBorder>
      {mine && <Group><Button variant="default" loading={act.busy} onClick={() => void run()}>{say("draft.test")}</Button></Group>}
      {act.shown}
      {result && (
        <Text mt="xs" role="status" fw={600}>
          {result.failed === 0 ? `✓ ${say("draft.passed", { count: result.scenarios })}` : `✗ ${say("draft.failed", { count: result.scenarios, failed: result.failed })}`}
        </Text>
      )}
      {result && told?.outcomes.filter((outcome) => outcome.failures.length > 0).map((outcome) => (
        <Alert key={outcome.name} color="red" title={outcome.name} mt="xs">
          {outcome.failures.map((failure) => <Text key={failure} size="sm"><ServerWords text={failure} /></Text>)}
        </Alert>
      ))}
    </Card>
  );
}

function IntoForce({ draft, mine }: { draft: Draft; mine: boolean }) {
  const { say } = useWords();
  const { may } = useSession();
  const act = useAct("draft", "drafts", "policy", "policy-versions", "proposals", "proposal");
  // The same question as the card of the proposal asks: it is answered once for both.
  const proposal = useQuery({
    queryKey: ["proposal", draft.proposal],
    queryFn: () => get("/desk/proposals/{id}", { id: draft.proposal ?? "" }),
    enabled: draft.proposal !== null && may("proposals.read"),
  });
  const decided = proposal.data === undefined || proposal.data.state !== "open" || cooled(proposal.data);
  const publish = () =>
    act.run(async () => say("draft.published", { number: (await post("/desk/policy/drafts/{id}/publish", { id: draft.id })).number }));
  return (
    <>
      {mine && draft.state === "open" && <Propose draft={draft} act={act} />}
      {draft.proposal && <ProposalCard id={draft.proposal} carriedOutBelow />}
      {draft.state === "proposed" && may("policy.publish") && decided && (
        <Group><Button loading={act.busy} onClick={() => void publish()}>{say("draft.publish")}</Button></Group>
      )}
      {act.shown}
    </>
  );
}

function Propose({ draft, act }: { draft: Draft; act: Act }) {
  const { say } = useWords();
  const [reason, setReason] = useState("");
  const [despite, setDespite] = useState("");
  const [at, setAt] = useState("");
  const holds = draft.tested !== null && draft.tested.failed === 0;
  const propose = () =>
    act.run(async () => {
      const body = { version: draft.version, reason, ...(despite === "" ? {} : { despite }), ...(at === "" ? {} : { at: new Date(at).toISOString() }) };
      await post("/desk/policy/drafts/{id}/propose", { id: draft.id, body });
      return say("state.proposed");
    });
  const drop = () =>
    act.run(async () => {
      await post("/desk/policy/drafts/{id}/drop", { id: draft.id, body: { version: draft.version } });
      return say("state.saved");
    });
  return (
    <Card withBorder>
      <Group align="end">
        <TextInput label={say("draft.reason")} value={reason} w={300} maxLength={300} onChange={(event) => setReason(event.currentTarget.value)} />
        {!holds && <TextInput label={say("draft.despite")} value={despite} w={300} maxLength={300} onChange={(event) => setDespite(event.currentTarget.value)} />}
        <TextInput label={say("draft.at")} type="datetime-local" value={at} onChange={(event) => setAt(event.currentTarget.value)} />
        <Button disabled={act.busy || reason.trim() === ""} onClick={() => void propose()}>{say("draft.propose")}</Button>
        <Button variant="default" disabled={act.busy} onClick={() => void drop()}>{say("draft.drop")}</Button>
      </Group>
    </Card>
  );
}
