// Inputs of the registry's forms that are more than a text: another registered thing, and a merchant's numbers by channel.
// Used by form.tsx.
import { Anchor, Button, Group, Input, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { get } from "../../api/client";
import { useWords } from "../../locales/words";
import { tellProblem } from "../../ui/problem";
import { list, one } from "./ask";
import { entityOf, type Kind, nameOf } from "./shape";

interface RefProps {
  label: string;
  error: string | null;
  kind: Kind;
  value: string;
  shown: unknown;
  put: (text: string) => void;
}

// Looks for what is typed; what is chosen already is shown by its name. Where the desk did not say what there is to choose, the
// field says so, and opening it asks again.
export function RefInput({ label, error, kind, value, shown, put }: RefProps) {
  const { say, language } = useWords();
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed.trim(), 250);
  const found = useQuery({
    queryKey: ["search", asked],
    queryFn: () => get("/desk/search", { query: { q: asked } }),
    enabled: asked !== "",
  });
  const first = useQuery({ queryKey: ["registry", kind, "pick"], queryFn: () => list(kind, { limit: "20" }) });
  const chosen = useQuery({
    queryKey: ["registry", kind, value],
    queryFn: () => one(kind, value),
    enabled: value !== "" && typeof shown !== "string",
  });
  const options = new Map<string, string>();
  if (value !== "") options.set(value, typeof shown === "string" ? shown : chosen.data ? nameOf(chosen.data) : value);
  for (const row of first.data?.items ?? []) if (!options.has(String(row.id))) options.set(String(row.id), nameOf(row));
  for (const item of found.data?.items ?? [])
    if (item.entity === entityOf(kind) && !options.has(item.id)) options.set(item.id, nameOf(item));
  // Two of the same name are told apart by the end of their numbers.
  const names = [...options.values()];
  const data = [...options].map(([id, name]) => ({
    value: id,
    label: names.filter((other) => other === name).length > 1 ? `${name} (…${id.slice(-6)})` : name,
  }));
  const failure = found.error ?? first.error;
  const ask = () => {
    if (first.isError) void first.refetch();
    if (found.isError) void found.refetch();
  };
  return (
    <Select label={label} error={error ?? (failure === null ? null : tellProblem(failure, language).words)} value={value === "" ? null : value} data={data}
      searchable clearable limit={50} onSearchChange={setTyped} onChange={(next) => put(next ?? "")} onDropdownOpen={ask} placeholder={say("registry.pick")}
      nothingFoundMessage={say(first.isPending || found.isFetching ? "state.loading" : "state.empty")} />
  );
}

interface ChannelNumber {
  channel: string;
  number: string;
}

export function NumbersInput({ label, error, value, put }: Omit<RefProps, "kind" | "shown">) {
  const { say, language } = useWords();
  const channels = useQuery({ queryKey: ["registry", "channels", "pick"], queryFn: () => list("channels", { limit: "200" }) });
  const rows: ChannelNumber[] = value === "" ? [] : JSON.parse(value);
  const keep = (next: ChannelNumber[]) => put(JSON.stringify(next));
  const set = (at: number, part: Partial<ChannelNumber>) => keep(rows.map((row, i) => (i === at ? { ...row, ...part } : row)));
  const data = channels.data?.items.map((row) => ({ value: String(row.id), label: nameOf(row) })) ?? [];
  return (
    <Input.Wrapper label={label} error={error ?? (channels.error && tellProblem(channels.error, language).words)} labelElement="div">
      {rows.map((row, at) => (
        <Group key={at} gap="xs" mb={4} wrap="nowrap" align="end">
          <Select aria-label={say("field.channel")} value={row.channel === "" ? null : row.channel} data={data} w={150}
            onChange={(channel) => set(at, { channel: channel ?? "" })} />
          <TextInput aria-label={say("field.number")} value={row.number} flex={1} onChange={(event) => set(at, { number: event.currentTarget.value })} />
          <Button variant="subtle" size="compact-sm" onClick={() => keep(rows.filter((_, i) => i !== at))}>{say("registry.removeNumber")}</Button>
        </Group>
      ))}
      {rows.length === 0 && data.length > 0 && <Text size="sm" c="dimmed">{say("state.none")}</Text>}
      {channels.data && data.length === 0 && <Text size="sm" c="dimmed">{say("registry.noChannel")} <Anchor component={Link} to="/channels/new" underline="always">{say("registry.newChannel")}</Anchor></Text>}
      <Button variant="default" size="compact-sm" disabled={data.length === 0} onClick={() => keep([...rows, { channel: String(data[0]?.value ?? ""), number: "" }])}>
        {say("registry.addNumber")}
      </Button>
    </Input.Wrapper>
  );
}
