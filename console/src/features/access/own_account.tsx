// One's own account: where one is signed in, a new password, new recovery codes. Used by the shell.
import { Button, Card, Code, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, Problem, post, remove } from "../../api/client";
import { useWords } from "../../locales/words";
import { timeText } from "../../ui/format";
import { Failure, Loading } from "../../ui/states";
import { useStepUp } from "../../ui/step_up";

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
  const end = async (id: string) => {
    await remove("/desk/account/sessions/{id}", { id });
    await sessions.refetch();
  };
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("own.sessions")}</Title>
      {sessions.error && <Failure error={sessions.error} />}
      {sessions.isPending && <Loading />}
      {sessions.data?.items.map((one) => (
        <Group key={one.id} justify="space-between" mb="xs">
          <Text size="sm">{timeText(one.seen_at)} · {one.address} · {one.user_agent.slice(0, 60)}</Text>
          {one.current ? <Text size="sm">{say("own.here")}</Text> : (
            <Button size="xs" variant="default" onClick={() => void end(one.id)}>{say("own.end")}</Button>
          )}
        </Group>
      ))}
    </Card>
  );
}

function NewPassword() {
  const { say } = useWords();
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
          <PasswordInput label={say("own.present")} autoComplete="current-password" value={present} required
            error={problem?.faultOf("/password")} onChange={(event) => setPresent(event.currentTarget.value)} />
          <PasswordInput label={say("own.new")} description={say("first.rule")} autoComplete="new-password" value={wanted} required
            error={problem?.faultOf("/new_password")} onChange={(event) => setWanted(event.currentTarget.value)} />
          {error !== null && <Failure error={error} />}
          {told !== "" && <Text role="status">{told}</Text>}
          <Button type="submit">{say("own.password")}</Button>
        </Stack>
      </form>
    </Card>
  );
}

function NewCodes() {
  const { say } = useWords();
  const [codes, setCodes] = useState<string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const stepUp = useStepUp();
  const make = async () => {
    try {
      await stepUp.run(async () => setCodes((await post("/desk/account/recovery-codes")).recovery_codes));
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Card withBorder maw={480}>
      {stepUp.dialog}
      {error !== null && <Failure error={error} />}
      {codes.length > 0 && <Text mb="xs">{say("codes.text")}</Text>}
      {codes.map((code) => <Code key={code} display="block">{code}</Code>)}
      <Button mt="xs" variant="default" onClick={() => void make()}>{say("own.codes")}</Button>
    </Card>
  );
}
