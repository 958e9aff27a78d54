// The roles of one account, each everywhere or within one agent: shown, changed together. Used by the page of accounts. Nobody
// changes his own; the desk refuses it too.
import { Button, Group, Select, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { patch, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { useWhy } from "../../ui/why";
import { RefInput } from "../registry/inputs";

interface Given {
  role: string;
  agent: string;
}

export function RolesForm({ account, roles, done }: { account: Schemas["Account"]; roles: { value: string; label: string }[]; done: () => void }) {
  const { say } = useWords();
  const [given, setGiven] = useState<Given[]>(account.roles.map(({ role, agent }) => ({ role, agent })));
  const why = useWhy();
  const act = useAct("accounts", "access-review");
  const set = (at: number, part: Partial<Given>) => setGiven(given.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act.run(async () => {
      const answer = await patch("/desk/accounts/{id}", { id: account.id, body: { version: account.version, roles: given, ...why.given } });
      if (answer && "proposal" in answer) return say("accounts.rolesWait");
      done();
      return undefined;
    });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" mt="sm">
        {given.map((one, at) => (
          <Group key={at} align="end">
            <Select label={say("accounts.role")} value={one.role} allowDeselect={false} data={roles} w={200} onChange={(role) => set(at, { role: role ?? one.role })} />
            <RefInput label={say("accounts.within")} error={null} kind="agents" value={one.agent === "*" ? "" : one.agent} shown={undefined}
              put={(agent) => set(at, { agent: agent === "" ? "*" : agent })} />
            {given.length > 1 && <Button variant="subtle" onClick={() => setGiven(given.filter((_, i) => i !== at))}>{say("registry.removeNumber")}</Button>}
          </Group>
        ))}
        <Group align="end">
          {why.field}
          <Button variant="default" onClick={() => setGiven([...given, { role: roles[0]?.value ?? "", agent: "*" }])}>{say("accounts.addRole")}</Button>
          <Button type="submit" loading={act.busy}>{say("state.save")}</Button>
          <Button variant="default" onClick={done}>{say("state.cancel")}</Button>
        </Group>
        {act.shown}
      </Stack>
    </form>
  );
}
