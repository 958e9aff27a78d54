// Webhooks: where messages about alerts go, their secrets, tests, and what became of each message; mail below. Used by the
// shell's routes. A secret is shown once and kept nowhere.
import { Badge, Button, Card, Code, CopyButton, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, patch, post, remove, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { Facts } from "../../ui/facts";
import { severityKey, timeText } from "../../ui/format";
import { faultAt } from "../../ui/problem";
import { useWhy } from "../../ui/why";
import { useServerWords } from "../../ui/server_words";
import { Empty, Loading } from "../../ui/states";
import { ReadFailure } from "../../ui/step_up";
import { MailCard } from "./mail";

type Webhook = Schemas["Webhook"];

export function WebhooksPage() {
  const { say } = useWords();
  const [secret, setSecret] = useState("");
  const hooks = useQuery({ queryKey: ["webhooks"], queryFn: () => get("/desk/webhooks") });
  return (
    <Stack>
      <Title order={1} size="h3">{say("nav.webhooks")}</Title>
      <Text>{say("hooks.text")}</Text>
      {secret !== "" && <Secret secret={secret} done={() => setSecret("")} />}
      <NewWebhook show={setSecret} />
      {hooks.error && <ReadFailure error={hooks.error} again={() => void hooks.refetch()} />}
      {hooks.isPending && <Loading />}
      {hooks.data?.items.length === 0 && <Empty />}
      {hooks.data?.items.map((hook) => <WebhookCard key={hook.id} hook={hook} show={setSecret} />)}
      <MailCard />
    </Stack>
  );
}

function Secret({ secret, done }: { secret: string; done: () => void }) {
  const { say } = useWords();
  return (
    <Card withBorder>
      <Text mb="xs">{say("hooks.secret")}</Text>
      <Group>
        <Code style={{ wordBreak: "break-all" }}>{secret}</Code>
        <CopyButton value={secret}>{({ copied, copy }) => <Button size="xs" onClick={copy}>{say(copied ? "state.copied" : "state.copy")}</Button>}</CopyButton>
        <Button size="xs" variant="default" onClick={done}>{say("codes.hide")}</Button>
      </Group>
    </Card>
  );
}

export function SeverityPick({ label, value, put }: { label: string; value: number; put: (value: number) => void }) {
  const { say } = useWords();
  return (
    <Select label={label} value={String(value)} allowDeselect={false} w={170} onChange={(next) => put(Number(next ?? value))}
      data={[4, 3, 2, 1].map((one) => ({ value: String(one), label: say(severityKey(one)) }))} />
  );
}

function NewWebhook({ show }: { show: (secret: string) => void }) {
  const { say, language } = useWords();
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [severity, setSeverity] = useState(3);
  const why = useWhy();
  const act = useAct("webhooks");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act.run(async () => {
      show((await post("/desk/webhooks", { body: { name, url, severity_min: severity, ...why.given } })).secret);
      why.forget();
      setName("");
      setUrl("");
      return undefined;
    });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" className="field-row">
        <TextInput label={say("hooks.name")} value={name} required w={160} error={faultAt(act.error, "/name", language)} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput label={say("hooks.url")} value={url} required w={320} type="url" error={faultAt(act.error, "/url", language)} onChange={(event) => setUrl(event.currentTarget.value)} />
        <SeverityPick label={say("hooks.from")} value={severity} put={setSeverity} />
        {why.field}
        <Button type="submit" loading={act.busy}>{say("hooks.add")}</Button>
      </Group>
      {act.shown}
    </form>
  );
}

function WebhookCard({ hook, show }: { hook: Webhook; show: (secret: string) => void }) {
  const { say } = useWords();
  const [opened, setOpened] = useState(false);
  const [sure, setSure] = useState(false);
  const why = useWhy("xs");
  const act = useAct("webhooks", "deliveries");
  const id = hook.id;
  const toggle = () =>
    act.run(async () => {
      await patch("/desk/webhooks/{id}", { id, body: { version: hook.version, state: hook.state === "on" ? "off" : "on", ...why.given } });
      why.forget();
      return say("state.saved");
    });
  const rotate = () =>
    act.run(async () => {
      const made = await post("/desk/webhooks/{id}/rotate", { id, body: why.given });
      why.forget();
      show(made.secret);
      return say("hooks.oldUntil", { at: timeText(made.old_until) });
    });
  const test = () =>
    act.run(async () => {
      await post("/desk/webhooks/{id}/test", { id });
      setOpened(true);
      return say("hooks.tested");
    });
  const drop = () =>
    act.run(async () => {
      await remove("/desk/webhooks/{id}", { id, query: why.given });
      return undefined;
    });
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>{hook.name} · {hook.url}</Text>
        <Badge variant="light" c="dark" color={hook.state === "on" ? "teal" : "orange"}>{say(`hooks.state.${hook.state}`)}</Badge>
      </Group>
      <Facts facts={[
        [say("hooks.from"), say(severityKey(hook.severity_min))],
        [say("hooks.delivered"), timeText(hook.delivered_at) || say("state.none")],
        [say("hooks.failures"), `${hook.failures}${hook.failing_since ? ` (${timeText(hook.failing_since)} –)` : ""}`],
        [say("hooks.dropped"), String(hook.dropped)],
      ]} />
      <Group mt="sm" align="end">
        {why.field}
        <Button size="xs" variant="default" disabled={act.busy} onClick={() => void test()}>{say("hooks.test")}</Button>
        <Button size="xs" variant="default" disabled={act.busy} onClick={() => void rotate()}>{say("hooks.rotate")}</Button>
        <Button size="xs" variant="default" disabled={act.busy} onClick={() => void toggle()}>{say(hook.state === "on" ? "hooks.off" : "hooks.on")}</Button>
        <Button size="xs" variant={sure ? "filled" : "default"} color="red" disabled={act.busy} onClick={() => (sure ? void drop() : setSure(true))}>
          {say(sure ? "hooks.removeSure" : "hooks.remove")}
        </Button>
        <Button size="xs" variant="subtle" aria-expanded={opened} onClick={() => setOpened(!opened)}>{say("hooks.deliveries")}</Button>
      </Group>
      {act.shown}
      {opened && <Deliveries id={id} />}
    </Card>
  );
}

function Deliveries({ id }: { id: string }) {
  const { say, name } = useWords();
  const told = useServerWords();
  const rows = useInfiniteQuery({
    queryKey: ["deliveries", id],
    queryFn: ({ pageParam }): Promise<Schemas["Deliveries"]> => get("/desk/webhooks/{id}/deliveries", { id, query: { limit: 20, cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 5_000,
  });
  if (rows.error) return <ReadFailure error={rows.error} again={() => void rows.refetch()} />;
  if (!rows.data) return <Loading />;
  const items = rows.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Empty />;
  return (
    <Stack gap={4} mt="xs">
      {items.map((one) => {
        const last = one.tries.at(-1);
        return (
          <details key={one.id}>
            <summary>
              {timeText(one.made_at)} · {name("delivery.of", one.kind)} · {name("delivery", one.state)}
              {last && ` · ${last.status === 0 ? say("hooks.noAnswer") : last.status} ${told(last.trouble)} · ${last.took_ms} ms`}
            </summary>
            <Code block>{one.body}</Code>
          </details>
        );
      })}
      {rows.hasNextPage && <Button size="xs" variant="default" onClick={() => void rows.fetchNextPage()}>{say("state.more")}</Button>}
    </Stack>
  );
}
