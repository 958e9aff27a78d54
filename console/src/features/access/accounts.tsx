// Accounts of colleagues: who there is, what they may, a new one with its one-time link, disable and reset. Used by the
// shell. A link is shown once and kept nowhere. Who was not seen for long is marked, and may not sign in until enabled.
import { Badge, Button, Card, Code, CopyButton, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { get, patch, post, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { type Act, useAct } from "../../ui/act";
import { timeText } from "../../ui/format";
import { useWhy } from "../../ui/why";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { AgentName } from "../registry/entity_name";
import { RefInput } from "../registry/inputs";
import { useRoles } from "./roles";
import { RolesForm } from "./roles_form";

type Account = Schemas["Account"];

export function AccountsPage() {
  const { say } = useWords();
  const { may } = useSession();
  const [link, setLink] = useState("");
  const act = useAct("accounts", "people");
  const accounts = useInfiniteQuery({
    queryKey: ["accounts"],
    queryFn: ({ pageParam }): Promise<Schemas["Accounts"]> => get("/desk/accounts", { query: { cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const show = (token: string) => setLink(`${window.location.origin}/first-run#${token}`);
  return (
    <Stack>
      <Title order={1} size="h3">{say("accounts.title")}</Title>
      {act.shown}
      {link !== "" && <OnceLink link={link} done={() => setLink("")} />}
      {may("accounts.manage") && <NewAccount act={act} show={show} />}
      {accounts.error && <Failure error={accounts.error} again={() => void accounts.refetch()} />}
      {accounts.isPending && <Loading />}
      {accounts.data?.pages.flatMap((page) => page.items).map((account) => <AccountCard key={account.id} account={account} act={act} show={show} />)}
      {accounts.hasNextPage && (
        <Button variant="default" loading={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>{say("state.more")}</Button>
      )}
    </Stack>
  );
}

function AccountCard({ account, act, show }: { account: Account; act: Act; show: (token: string) => void }) {
  const { say } = useWords();
  const { may, session } = useSession();
  const roles = useRoles();
  const [editing, setEditing] = useState(false);
  const why = useWhy("xs");
  // Whoever is dormant is enabled by the same step as whoever was disabled.
  const asleep = account.state === "disabled" || account.dormant;
  const toggle = () =>
    act.run(async () => {
      await patch("/desk/accounts/{id}", { id: account.id, body: { version: account.version, state: asleep ? "active" : "disabled", ...why.given } });
      why.forget();
      return say("state.saved");
    });
  const reset = () =>
    act.run(async () => {
      const path = account.state === "invited" ? "/desk/accounts/{id}/invite" : "/desk/accounts/{id}/reset";
      show((await post(path, { id: account.id })).token);
      return undefined;
    });
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between">
        <div>
          <Group gap="xs">
            <Text fw={600}>{account.shown_name} ({account.sign_in})</Text>
            <Badge variant="light" c="dark">{say(`accounts.state.${account.state}`)}</Badge>
            {account.dormant_soon && <Badge color="yellow" variant="light" c="dark">{say("accounts.resting", { at: timeText(account.dormant_at).slice(0, 10) })}</Badge>}
            {account.dormant && <Badge color="yellow" variant="light" c="dark">{say("accounts.dormant")}</Badge>}
          </Group>
          <Text size="sm">
            {account.roles.map((one, at) => (
              <span key={`${one.role}${one.agent}`}>{at > 0 && ", "}{roles.text(one.role)}{one.agent !== "*" && <> · <AgentName id={one.agent} /></>}</span>
            ))}
          </Text>
          <Text size="sm" c="dimmed">{say("accounts.seen")}: {timeText(account.seen_at) || say("state.none")}</Text>
        </div>
        <Group align="end">
          {may("accounts.manage") && (
            <>
              <Button size="xs" variant="default" disabled={act.busy} onClick={() => void reset()}>{say("accounts.reset")}</Button>
              {account.id !== session.account?.id && may("roles.grant") && (
                <Button size="xs" variant="default" aria-expanded={editing} onClick={() => setEditing(!editing)}>{say("accounts.roles")}</Button>
              )}
              {account.id !== session.account?.id && (
                <>
                  {why.field}
                  <Button size="xs" variant="default" disabled={act.busy} onClick={() => void toggle()}>
                    {say(asleep ? "accounts.enable" : "accounts.disable")}
                  </Button>
                </>
              )}
            </>
          )}
        </Group>
      </Group>
      {editing && <RolesForm account={account} roles={roles.items} done={() => setEditing(false)} />}
    </Card>
  );
}

function OnceLink({ link, done }: { link: string; done: () => void }) {
  const { say } = useWords();
  return (
    <Card withBorder>
      <Text mb="xs">{say("accounts.link")}</Text>
      <Group>
        <Code style={{ wordBreak: "break-all" }}>{link}</Code>
        <CopyButton value={link}>{({ copied, copy }) => <Button size="xs" onClick={copy}>{say(copied ? "state.copied" : "state.copy")}</Button>}</CopyButton>
        <Button size="xs" variant="default" onClick={done}>{say("codes.hide")}</Button>
      </Group>
    </Card>
  );
}

function NewAccount({ act, show }: { act: Act; show: (token: string) => void }) {
  const { say, language } = useWords();
  const { may } = useSession();
  const [signIn, setSignIn] = useState("");
  const [shown, setShown] = useState("");
  const [role, setRole] = useState<string | null>("desk");
  const [agent, setAgent] = useState("");
  const roles = useRoles();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act.run(async () => {
      const made = await post("/desk/accounts", {
        body: { sign_in: signIn, shown_name: shown, language, roles: [{ role: role ?? "", agent: agent === "" ? "*" : agent }] },
      });
      show(made.token);
      setSignIn("");
      setShown("");
      return made.proposal ? say("accounts.rolesWait") : undefined;
    });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" className="field-row">
        <TextInput label={say("in.name")} value={signIn} required onChange={(event) => setSignIn(event.currentTarget.value)} w={160} />
        <TextInput label={say("first.shown")} value={shown} required onChange={(event) => setShown(event.currentTarget.value)} w={160} />
        <Select label={say("accounts.role")} value={role} onChange={setRole} allowDeselect={false} data={roles.items} w={170} />
        {may("registry.read") && (
          <RefInput label={say("accounts.within")} error={null} kind="agents" value={agent} shown={undefined} put={setAgent} />
        )}
        <Button type="submit" loading={act.busy}>{say("accounts.new")}</Button>
      </Group>
    </form>
  );
}
