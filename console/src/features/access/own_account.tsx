// One's own account: where one is signed in, a new password, new recovery codes. Used by the shell.
import { Button, Card, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, Problem, post, remove } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { deviceText, timeText } from "../../ui/format";
import { PasswordField } from "../../ui/password_field";
import { faultAt } from "../../ui/problem";
import { Failure, Loading } from "../../ui/states";

export function OwnAccountPage() {
  const { say } = useWords();
  return (
    <Stack>
      <Title order={1} size="h3">{say("nav.own")}</Title>
      <Sessions />
      <NewPassword />
      <NewCodes />
    </Stack>
  );
}

function Sessions() {
  const { say } = useWords();
  const sessions = useQuery({ queryKey: ["own-sessions"], queryFn: () => get("/desk/account/sessions") });
  const act = useAct("own-sessions");
  const end = (id: string) =>
    act.run(async () => {
      await remove("/desk/account/sessions/{id}", { id });
      return say("own.ended");
    });
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("own.sessions")}</Title>
      {sessions.error && <Failure error={sessions.error} again={() => void sessions.refetch()} />}
      {act.shown}
      {sessions.isPending && <Loading />}
      {sessions.data?.items.map((one) => (
        <Group key={one.id} justify="space-between" mb="xs">
          <Text size="sm">{timeText(one.seen_at)} · {one.address} · {deviceText(one.user_agent, say("own.unknownDevice"))}</Text>
          {one.current ? <Text size="sm">{say("own.here")}</Text> : (
            <Button size="xs" variant="default" disabled={act.busy} onClick={() => void end(one.id)}>{say("own.end")}</Button>
          )}
        </Group>
      ))}
    </Card>
  );
}

function NewPassword() {
  const { say, language } = useWords();
  const [present, setPresent] = useState("");
  const [wanted, setWanted] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [told, setTold] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    setTold("");
    try {
      await post("/desk/account/password", { body: { password: present, new_password: wanted } });
      setTold(say("state.saved"));
      setPresent("");
      setWanted("");
    } catch (failure) {
      setError(failure);
    }
  };
  const problem = error instanceof Problem ? error : null;
  return (
    <Card withBorder maw={480}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <PasswordField label={say("own.present")} autoComplete="current-password" value={present} required
            error={faultAt(problem, "/password", language)} onChange={(event) => setPresent(event.currentTarget.value)} />
          <PasswordField label={say("own.new")} description={say("first.rule")} autoComplete="new-password" value={wanted} required
            error={faultAt(problem, "/new_password", language)} onChange={(event) => setWanted(event.currentTarget.value)} />
          {error !== null && <Failure error={error} />}
          {told !== "" && <Text role="status">{told}</Text>}
          <Button type="submit">{say("own.password")}</Button>
        </Stack>
      </form>
    </Card>
  );
}

// Codes stay on the page until they are kept, and no longer: neither behind the page nor in what is remembered.
function NewCodes() {
  const { say } = useWords();
  const [codes, setCodes] = useState<string[]>([]);
  const act = useAct();
  const make = () =>
    act.run(async () => {
      setCodes((await post("/desk/account/recovery-codes")).recovery_codes);
      return undefined;
    });
  return (
    <Card withBorder maw={480}>
      {act.shown}
      {codes.length > 0 && <Text mb="xs">{say("codes.text")}</Text>}
      {codes.map((code) => <Code key={code} display="block">{code}</Code>)}
      <Group mt="xs">
        {codes.length > 0 && <Button onClick={() => setCodes([])}>{say("codes.hide")}</Button>}
        <Button variant="default" loading={act.busy} onClick={() => void make()}>{say("own.codes")}</Button>
      </Group>
    </Card>
  );
}
