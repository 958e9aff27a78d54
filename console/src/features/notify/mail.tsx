// Mail about alerts: the server, and who gets how much of it. Used by the page of webhooks. The password is never shown; what is
// left empty stays.
import { Button, Card, Group, Select, Stack, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, put, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { type Act, useAct } from "../../ui/act";
import { PasswordField } from "../../ui/password_field";
import { useColleagues } from "../../ui/people";
import { faultAt } from "../../ui/problem";
import { useSession } from "../../ui/session";
import { Loading } from "../../ui/states";
import { ReadFailure } from "../../ui/step_up";
import { SeverityPick } from "./webhooks";

type Mail = Schemas["Mail"];
type Receiver = Schemas["MailReceiver"];
type Security = "tls" | "start_tls" | "none";

export function MailCard() {
  const { say } = useWords();
  const mail = useQuery({ queryKey: ["mail"], queryFn: () => get("/desk/mail") });
  // Outlives the form, which begins anew with each version that is loaded.
  const act = useAct("mail");
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("mail.title")}</Title>
      {mail.error && <ReadFailure error={mail.error} again={() => void mail.refetch()} />}
      {mail.isPending && <Loading />}
      {mail.data && <MailForm key={mail.data.version} mail={mail.data} act={act} />}
      {act.shown}
    </Card>
  );
}

function MailForm({ mail, act }: { mail: Mail; act: Act }) {
  const { say, language } = useWords();
  const { session } = useSession();
  const [host, setHost] = useState(mail.server?.host ?? "");
  const [port, setPort] = useState(String(mail.server?.port ?? 587));
  const [security, setSecurity] = useState<Security>(mail.server?.security ?? "start_tls");
  const [signIn, setSignIn] = useState(mail.server?.sign_in ?? "");
  const [password, setPassword] = useState("");
  const [sender, setSender] = useState(mail.server?.sender ?? "");
  const [receivers, setReceivers] = useState<Receiver[]>(mail.receivers);
  const set = (at: number, part: Partial<Receiver>) => setReceivers(receivers.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act.run(async () => {
      const server = { host, port: Number(port), security, sender, ...(signIn === "" ? {} : { sign_in: signIn }), ...(password === "" ? {} : { password }) };
      await put("/desk/mail", { body: { version: mail.version, server, receivers } });
      return say("state.saved");
    });
  };
  const fault = (member: string) => faultAt(act.error, `/server/${member}`, language);
  const of = (at: number, member: string) => faultAt(act.error, `/receivers/${at}/${member}`, language);
  const colleagues = useColleagues(...receivers.map((one) => one.account));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Group align="end" className="field-row">
          <TextInput label={say("mail.host")} value={host} required error={fault("host")} onChange={(event) => setHost(event.currentTarget.value)} />
          <TextInput label={say("mail.port")} value={port} w={90} inputMode="numeric" error={fault("port")} onChange={(event) => setPort(event.currentTarget.value)} />
          <Select label={say("mail.security")} value={security} allowDeselect={false} w={180} onChange={(next) => setSecurity((next ?? security) as Security)}
            data={(["tls", "start_tls", "none"] as const).map((one) => ({ value: one, label: say(`mail.security.${one}`) }))} />
          <TextInput label={say("mail.signIn")} value={signIn} autoComplete="off" onChange={(event) => setSignIn(event.currentTarget.value)} />
          <PasswordField label={say("mail.password")} value={password} w={180} autoComplete="new-password" placeholder={mail.server?.has_password ? say("mail.kept") : ""}
            onChange={(event) => setPassword(event.currentTarget.value)} />
          <TextInput label={say("mail.sender")} value={sender} required error={fault("sender")} onChange={(event) => setSender(event.currentTarget.value)} />
        </Group>
        <Title order={3} size="h6">{say("mail.receivers")}</Title>
        {receivers.map((one, at) => (
          <Group key={at} align="end">
            <Select label={say("mail.account")} value={one.account} allowDeselect={false} searchable w={180} data={colleagues} error={of(at, "account")}
              onChange={(next) => set(at, { account: next ?? one.account })} />
            <TextInput label={say("mail.address")} value={one.address} type="email" error={of(at, "address")} onChange={(event) => set(at, { address: event.currentTarget.value })} />
            <SeverityPick label={say("hooks.from")} value={one.severity_min} put={(severity_min) => set(at, { severity_min })} />
            <TextInput label={say("mail.every")} value={String(one.every_minutes)} w={170} inputMode="numeric" error={of(at, "every_minutes")}
              onChange={(event) => set(at, { every_minutes: Number(event.currentTarget.value) || 0 })} />
            <Button variant="subtle" onClick={() => setReceivers(receivers.filter((_, i) => i !== at))}>{say("registry.removeNumber")}</Button>
          </Group>
        ))}
        <Group>
          <Button variant="default" onClick={() => setReceivers([...receivers, { account: session.account?.id ?? "", address: "", severity_min: 3, every_minutes: 60 }])}>
            {say("mail.addReceiver")}
          </Button>
          <Button type="submit" loading={act.busy}>{say("state.save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
