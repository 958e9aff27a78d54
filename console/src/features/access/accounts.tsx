// Accounts of colleagues: who there is, what they may, a new one with its one-time link, disable and reset. Used by the
// shell. A link is shown once and kept nowhere.
import { Badge, Button, Card, Code, CopyButton, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, patch, post, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { timeText } from "../../ui/format";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { useStepUp } from "../../ui/step_up";

type Account = Schemas["Account"];

export function AccountsPage() {
  const { say, language } = useWords();
  const { may } = useSession();
  const roles = useQuery({ queryKey: ["roles"], queryFn: () => get("/desk/roles") });
  const roleText = (name: string) => {
    const role = roles.data?.items.find((one) => one.name === name);
    return role === undefined ? name : language === "zh" ? role.zh : role.en;
  };
  const queries = useQueryClient();
  const accounts = useQuery({ queryKey: ["accounts"], queryFn: () => get("/desk/accounts", { query: { limit: 200 } }) });
  const [link, setLink] = useState("");
  const [error, setError] = useState<unknown>(null);
  const stepUp = useStepUp();
  const act = async (work: () => Promise<void>) => {
    setError(null);
    try {
      await stepUp.run(async () => {
        await work();
        await queries.invalidateQueries({ queryKey: ["accounts"] });
      });
    } catch (failure) {
      setError(failure);
    }
  };
  const show = (token: string) => setLink(`${window.location.origin}/first-run#${token}`);
  const toggle = (account: Account) =>
    act(async () => {
      const state = account.state === "disabled" ? "active" : "disabled";
      await patch("/desk/accounts/{id}", { id: account.id, body: { version: account.version, state } });
    });
  const reset = (account: Account) =>
    act(async () => {
      const path = account.state === "invited" ? "/desk/accounts/{id}/invite" : "/desk/accounts/{id}/reset";
      show((await post(path, { id: account.id })).token);
    });
  return (
    <Stack>
      <Title order={1} size="h3">{say("accounts.title")}</Title>
      {stepUp.dialog}
      {error !== null && <Failure error={error} />}
      {link !== "" && <OnceLink link={link} />}
      {may("accounts.manage") && <NewAccount act={act} show={show} />}
      {accounts.error && <Failure error={accounts.error} again={() => void accounts.refetch()} />}
      {accounts.isPending && <Loading />}
      {accounts.data?.items.map((account) => (
        <Card key={account.id} withBorder padding="sm">
          <Group justify="space-between">
            <div>
              <Text fw={600}>{account.shown_name} ({account.sign_in})</Text>
              <Text size="sm">{account.roles.map((one) => (one.agent === "*" ? roleText(one.role) : `${roleText(one.role)} @ ${one.agent}`)).join(", ")}</Text>
              <Text size="sm" c="dimmed">{say("accounts.seen")}: {timeText(account.seen_at) || say("state.none")}</Text>
            </div>
            <Group>
              <Badge variant="light" c="dark">{say(`accounts.state.${account.state}`)}</Badge>
              {may("accounts.manage") && (
                <>
                  <Button size="xs" variant="default" onClick={() => void reset(account)}>{say("accounts.reset")}</Button>
                  <Button size="xs" variant="default" onClick={() => void toggle(account)}>
                    {say(account.state === "disabled" ? "accounts.enable" : "accounts.disable")}
                  </Button>
                </>
              )}
            </Group>
          </Group>
        </Card>
      ))}
    </Stack>
  );
}

function OnceLink({ link }: { link: string }) {
  const { say } = useWords();
  return (
    <Card withBorder>
      <Text mb="xs">{say("accounts.link")}</Text>
      <Group>
        <Code style={{ wordBreak: "break-all" }}>{link}</Code>
        <CopyButton value={link}>{({ copied, copy }) => <Button size="xs" onClick={copy}>{say(copied ? "state.copied" : "state.copy")}</Button>}</CopyButton>
      </Group>
    </Card>
  );
}

function NewAccount({ act, show }: { act: (work: () => Promise<void>) => Promise<void>; show: (token: string) => void }) {
  const { say, language } = useWords();
  const [signIn, setSignIn] = useState("");
  const [shown, setShown] = useState("");
  const [role, setRole] = useState<string | null>("desk");
  const roles = useQuery({ queryKey: ["roles"], queryFn: () => get("/desk/roles") });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act(async () => {
      const made = await post("/desk/accounts", {
        body: { sign_in: signIn, shown_name: shown, language, roles: [{ role: role ?? "", agent: "*" }] },
      });
      show(made.token);
      setSignIn("");
      setShown("");
    });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end">
        <TextInput label={say("in.name")} value={signIn} required onChange={(event) => setSignIn(event.currentTarget.value)} />
        <TextInput label={say("first.shown")} value={shown} required onChange={(event) => setShown(event.currentTarget.value)} />
        <Select label={say("accounts.role")} value={role} onChange={setRole} allowDeselect={false}
          data={roles.data?.items.map((one) => ({ value: one.name, label: language === "zh" ? one.zh : one.en })) ?? []} />
        <Button type="submit">{say("accounts.new")}</Button>
      </Group>
    </form>
  );
}
