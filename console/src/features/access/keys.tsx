// Keys of programs: which there are, what they may, when they end; a new one, shown once; an end at once. Used by the shell's
// routes. A key is kept nowhere.
import { Badge, Button, Card, Code, CopyButton, Group, MultiSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, post, remove, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { Facts } from "../../ui/facts";
import { timeText } from "../../ui/format";
import { usePeople } from "../../ui/people";
import { faultAt } from "../../ui/problem";
import { useWhy } from "../../ui/why";
import { Empty, Loading } from "../../ui/states";
import { ReadFailure } from "../../ui/step_up";

type Key = Schemas["ApiKeyList"]["items"][number];
type Wish = Schemas["ApiKeyWish"];
const scopes: Wish["scopes"] = ["decide", "events", "read", "metrics"];
const day = 24 * 3600 * 1000;
const daysFirst = 90;

export function KeysPage() {
  const { say } = useWords();
  const [made, setMade] = useState("");
  const keys = useQuery({ queryKey: ["api-keys"], queryFn: () => get("/desk/api-keys") });
  return (
    <Stack>
      <Title order={1} size="h3">{say("nav.keys")}</Title>
      <Text>{say("keys.text")}</Text>
      {made !== "" && (
        <Card withBorder>
          <Text mb="xs">{say("keys.once")}</Text>
          <Group>
            <Code style={{ wordBreak: "break-all" }}>{made}</Code>
            <CopyButton value={made}>{({ copied, copy }) => <Button size="xs" onClick={copy}>{say(copied ? "state.copied" : "state.copy")}</Button>}</CopyButton>
            <Button size="xs" variant="default" onClick={() => setMade("")}>{say("codes.hide")}</Button>
          </Group>
        </Card>
      )}
      <NewKey show={setMade} />
      {keys.error && <ReadFailure error={keys.error} again={() => void keys.refetch()} />}
      {keys.isPending && <Loading />}
      {keys.data?.items.length === 0 && <Empty />}
      {keys.data?.items.map((key) => <KeyCard key={key.id} one={key} />)}
    </Stack>
  );
}

function NewKey({ show }: { show: (key: string) => void }) {
  const { say, name, language } = useWords();
  const [client, setClient] = useState("");
  const [chosen, setChosen] = useState<string[]>(["decide"]);
  const [days, setDays] = useState(String(daysFirst));
  const why = useWhy();
  const act = useAct("api-keys");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act.run(async () => {
      const expires_at = new Date(Date.now() + Number(days) * day).toISOString();
      show((await post("/desk/api-keys", { body: { client, scopes: chosen as Wish["scopes"], expires_at, ...why.given } })).key);
      setClient("");
      why.forget();
      return undefined;
    });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" className="field-row">
        <TextInput label={say("keys.client")} value={client} required w={180} error={faultAt(act.error, "/client", language)} onChange={(event) => setClient(event.currentTarget.value)} />
        <MultiSelect label={say("keys.scopes")} value={chosen} onChange={setChosen} miw={220} data={scopes.map((one) => ({ value: one, label: name("scope", one) }))} />
        <TextInput label={say("keys.days")} value={days} w={150} inputMode="numeric" error={faultAt(act.error, "/expires_at", language)} onChange={(event) => setDays(event.currentTarget.value)} />
        {why.field}
        <Button type="submit" loading={act.busy} disabled={chosen.length === 0 || !/^[1-9]\d{0,3}$/.test(days)}>{say("keys.add")}</Button>
      </Group>
      {act.shown}
    </form>
  );
}

function KeyCard({ one }: { one: Key }) {
  const { say, name } = useWords();
  const who = usePeople();
  const [sure, setSure] = useState(false);
  const why = useWhy("xs");
  const act = useAct("api-keys");
  const revoke = () =>
    act.run(async () => {
      await remove("/desk/api-keys/{id}", { id: one.id, query: why.given });
      return say("keys.revoked");
    });
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" mb="xs">
        <Text fw={600}>{one.client} · …{one.id.slice(-6)}</Text>
        <Group align="end">
          <Badge variant="light" c="dark" color={one.state === "live" ? "teal" : "gray"}>{say(`keys.state.${one.state}`)}</Badge>
          {one.state === "live" && sure && why.field}
          {one.state === "live" && (
            <Button size="xs" variant={sure ? "filled" : "default"} color="red" disabled={act.busy} onClick={() => (sure ? void revoke() : setSure(true))}>
              {say(sure ? "keys.revokeSure" : "keys.revoke")}
            </Button>
          )}
        </Group>
      </Group>
      <Facts facts={[
        [say("keys.scopes"), one.scopes.map((scope) => name("scope", scope)).join(", ")],
        [say("keys.made"), `${who(one.made_by)} · ${timeText(one.made_at)}`],
        [say("keys.until"), timeText(one.revoked_at ?? one.expires_at)],
      ]} />
      {act.shown}
    </Card>
  );
}
