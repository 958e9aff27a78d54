// The way in: name and password, the second factor, a one-time link's password, enrolment and recovery codes. Shown by
// the shell as long as nobody is signed in. Never says whether a name exists.
import { Anchor, Button, Center, Code, List, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { Problem, post, type Session } from "../../api/client";
import { useWords } from "../../locales/words";
import { PasswordField } from "../../ui/password_field";
import { faultAt } from "../../ui/problem";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Center mih="80vh" p="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={440}>
        <Title order={1} size="h3" mb="md">
          {title}
        </Title>
        {children}
      </Paper>
    </Center>
  );
}

// A form that shows what the desk said, and what it said of one member beside that member.
function useSubmit(act: () => Promise<void>) {
  const { say } = useWords();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await act();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const problem = error instanceof Problem ? error : null;
  let told: ReactNode = error === null ? null : <Failure error={error} />;
  if (problem?.status === 401) told = <Text c="red" role="alert">{say("in.wrong")}</Text>;
  if (problem?.status === 429)
    told = (
      <Text c="red" role="alert">
        {say("in.wait", { minutes: Math.ceil((problem.retryAfterSeconds ?? 60) / 60) })}
      </Text>
    );
  return { submit: (event: FormEvent) => void submit(event), busy, told, problem };
}

export function SignIn() {
  const { say } = useWords();
  const { keep } = useSession();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const form = useSubmit(async () => keep(await post("/desk/sessions", { body: { name, password } })));
  return (
    <Card title={say("in.title")}>
      <form onSubmit={form.submit}>
        <Stack>
          <TextInput label={say("in.name")} autoComplete="username" value={name} required autoFocus
            onChange={(event) => setName(event.currentTarget.value)} />
          <PasswordField label={say("in.password")} autoComplete="current-password" value={password} required
            onChange={(event) => setPassword(event.currentTarget.value)} />
          {form.told}
          <Button type="submit" loading={form.busy}>{say("in.go")}</Button>
        </Stack>
      </form>
    </Card>
  );
}

export function SecondFactor() {
  const { say } = useWords();
  const { keep } = useSession();
  const [recovery, setRecovery] = useState(false);
  const [text, setText] = useState("");
  const form = useSubmit(async () =>
    keep(await post("/desk/sessions/factor", { body: recovery ? { recovery_code: text } : { totp: text } })),
  );
  return (
    <Card title={say("in.factor")}>
      <form onSubmit={form.submit}>
        <Stack>
          <TextInput label={say(recovery ? "in.recovery" : "in.totp")} value={text} required autoFocus
            inputMode={recovery ? "text" : "numeric"} autoComplete="one-time-code"
            onChange={(event) => setText(event.currentTarget.value)} />
          {form.told}
          <Button type="submit" loading={form.busy}>{say("in.next")}</Button>
          <Anchor component="button" type="button" size="sm" onClick={() => { setRecovery(!recovery); setText(""); }}>
            {say(recovery ? "in.useTotp" : "in.useRecovery")}
          </Anchor>
        </Stack>
      </form>
    </Card>
  );
}

// What was shown once is kept nowhere afterwards.
function withoutCodes(session: Session): Session {
  const { recovery_codes: _, ...rest } = session;
  return rest;
}

export function Enrolment() {
  const { say } = useWords();
  const { keep } = useSession();
  const [digits, setDigits] = useState("");
  const [confirmed, setConfirmed] = useState<Session | null>(null);
  const begun = useQuery({ queryKey: ["enrolment"], queryFn: () => post("/desk/account/totp"), staleTime: Number.POSITIVE_INFINITY, gcTime: 0 });
  const form = useSubmit(async () => setConfirmed(await post("/desk/account/totp/confirm", { body: { totp: digits } })));
  if (confirmed) return <Codes codes={confirmed.recovery_codes ?? []} onKept={() => keep(withoutCodes(confirmed))} />;
  if (begun.error) return <Card title={say("enrol.title")}><Failure error={begun.error} again={() => void begun.refetch()} /></Card>;
  if (!begun.data) return <Loading />;
  return (
    <Card title={say("enrol.title")}>
      <form onSubmit={form.submit}>
        <Stack>
          <Text>{say("enrol.scan")}</Text>
          <Center>
            <img alt="" width={200} height={200} src={`data:image/svg+xml,${encodeURIComponent(begun.data.svg)}`} />
          </Center>
          <Text size="sm">{say("enrol.secret")}: <Code>{begun.data.secret}</Code></Text>
          <TextInput label={say("in.totp")} value={digits} required inputMode="numeric" autoComplete="one-time-code"
            onChange={(event) => setDigits(event.currentTarget.value)} />
          {form.told}
          <Button type="submit" loading={form.busy}>{say("in.next")}</Button>
        </Stack>
      </form>
    </Card>
  );
}

export function Codes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { say } = useWords();
  return (
    <Card title={say("codes.title")}>
      <Stack>
        <Text>{say("codes.text")}</Text>
        <List listStyleType="none">
          {codes.map((code) => <List.Item key={code}><Code>{code}</Code></List.Item>)}
        </List>
        <Button onClick={onKept}>{say("codes.kept")}</Button>
      </Stack>
    </Card>
  );
}

// The token stands behind the '#': browsers send that part to nobody.
export function Arrival({ token, onDone }: { token: string; onDone: () => void }) {
  const { say, language } = useWords();
  const { keep } = useSession();
  const [signIn, setSignIn] = useState("");
  const [shown, setShown] = useState("");
  const [password, setPassword] = useState("");
  const link = useQuery({ queryKey: ["invitation", token], queryFn: () => post("/desk/invitation", { body: { token } }), retry: false, gcTime: 0 });
  const owner = link.data?.purpose === "owner";
  const form = useSubmit(async () => {
    const session = await post("/desk/first-run", {
      body: { token, password, language, ...(owner ? { sign_in: signIn, shown_name: shown } : {}) },
    });
    onDone();
    keep(session);
  });
  if (link.error)
    return (
      <Card title={say("app.name")}>
        {link.error instanceof Problem && link.error.status === 404 ? <Text>{say("first.gone")}</Text> : <Failure error={link.error} />}
        <Button mt="md" variant="default" onClick={onDone}>{say("in.title")}</Button>
      </Card>
    );
  if (!link.data) return <Loading />;
  return (
    <Card title={say(`first.${link.data.purpose}`)}>
      <form onSubmit={form.submit}>
        <Stack>
          {owner && (
            <>
              <TextInput label={say("in.name")} autoComplete="username" value={signIn} required autoFocus
                error={faultAt(form.problem, "/sign_in", language)} onChange={(event) => setSignIn(event.currentTarget.value)} />
              <TextInput label={say("first.shown")} autoComplete="name" value={shown} required
                error={faultAt(form.problem, "/shown_name", language)} onChange={(event) => setShown(event.currentTarget.value)} />
            </>
          )}
          <PasswordField label={say("in.password")} description={say("first.rule")} autoComplete="new-password" required
            value={password} error={faultAt(form.problem, "/password", language)}
            onChange={(event) => setPassword(event.currentTarget.value)} />
          {form.told}
          <Button type="submit" loading={form.busy}>{say("in.next")}</Button>
        </Stack>
      </form>
    </Card>
  );
}
