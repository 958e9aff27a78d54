// The form of one registered thing, new or changed. Used by the shell's routes. Sends only what was changed, with the
// version it was read in; where somebody was quicker it says so and loads anew.
import { Alert, Button, Card, Group, Select, SimpleGrid, Stack, Textarea, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { Problem } from "../../api/client";
import { useWords } from "../../locales/words";
import { useAct } from "../../ui/act";
import { faultAt } from "../../ui/problem";
import { useServerWords } from "../../ui/server_words";
import { Failure, Loading } from "../../ui/states";
import { change, make, one } from "./ask";
import { NumbersInput, RefInput } from "./inputs";
import { type Field, type Kind, nameOf, pathTo, type Row, shapes } from "./shape";
import { bodyOf, type Fault, textOf } from "./values";

export function NewEntityPage({ kind }: { kind: Kind }) {
  const [given] = useSearchParams();
  return <EntityForm kind={kind} row={null} given={given} />;
}

export function EditEntityPage({ kind }: { kind: Kind }) {
  const { id = "" } = useParams();
  // Asked anew each time, so that a form never begins from an older version than there is.
  const row = useQuery({ queryKey: ["registry", kind, "edit", id], queryFn: () => one(kind, id), gcTime: 0, staleTime: Number.POSITIVE_INFINITY });
  if (row.error) return <Failure error={row.error} again={() => void row.refetch()} />;
  if (!row.data) return <Loading />;
  return <EntityForm key={String(row.data.version)} kind={kind} row={row.data} given={null} />;
}

function beginning(kind: Kind, row: Row | null, given: URLSearchParams | null): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const field of shapes[kind]) {
    if (row === null) texts[field.name] = given?.get(field.name) ?? "";
    else texts[field.name] = field.personal ? "" : textOf(field, row[field.name]);
  }
  return texts;
}

function EntityForm({ kind, row, given }: { kind: Kind; row: Row | null; given: URLSearchParams | null }) {
  const { say, name } = useWords();
  const go = useNavigate();
  const told = useServerWords();
  const queries = useQueryClient();
  const [texts, setTexts] = useState(() => beginning(kind, row, given));
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<Record<string, Fault>>({});
  const act = useAct("registry", "search", "unregistered");
  const form = useRef<HTMLFormElement>(null);
  // The form is long: whoever saved at its end is taken to the first field that has words about what is wrong with it.
  useEffect(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), [wrong, act.error]);
  const fields = shapes[kind].filter((field) => row === null || !field.onlyNew);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { body, wrong: faulty } = bodyOf(fields, texts, row);
    setWrong(faulty);
    if (Object.keys(faulty).length > 0) return;
    const why = reason.trim() === "" ? {} : { reason: reason.trim() };
    void act.run(async () => {
      const done = row === null ? await make(kind, { ...body, ...why })
        : await change(kind, String(row.id), { ...body, ...why, version: row.version });
      if (done.refusal) return say("registry.refused", { why: told(done.refusal) });
      go(pathTo(kind, done.id), { replace: true, state: { effective: done.effective } });
      return undefined;
    });
  };
  const stale = act.error instanceof Problem && act.error.status === 409 && row !== null;
  return (
    <Stack maw={900}>
      <Title order={1} size="h3">
        {row === null ? say("registry.new") : say("registry.edit")} · {row === null ? name("nav", kind) : nameOf(row)}
      </Title>
      <form ref={form} onSubmit={submit} noValidate>
        <Card withBorder>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {fields.map((field) => (
              <Input key={field.name} field={field} row={row} text={texts[field.name] ?? ""} error={act.error} wrong={wrong[field.name]}
                put={(text) => setTexts((before) => ({ ...before, [field.name]: text }))} />
            ))}
            <TextInput label={say("registry.reason")} value={reason} maxLength={300} onChange={(event) => setReason(event.currentTarget.value)} />
          </SimpleGrid>
          <Group mt="md">
            <Button type="submit" loading={act.busy}>{say("state.save")}</Button>
            <Button variant="default" onClick={() => void go(-1)}>{say("state.cancel")}</Button>
          </Group>
          {stale ? (
            <Alert color="orange" mt="sm" role="alert">
              {say("registry.conflict")}{" "}
              <Button size="xs" variant="default" onClick={() => void queries.resetQueries({ queryKey: ["registry", kind, "edit", String(row.id)] })}>
                {say("state.reload")}
              </Button>
            </Alert>
          ) : act.shown}
        </Card>
      </form>
    </Stack>
  );
}

interface InputProps {
  field: Field;
  row: Row | null;
  text: string;
  error: unknown;
  wrong: Fault | undefined;
  put: (text: string) => void;
}

function Input({ field, row, text, error, wrong, put }: InputProps) {
  const { say, name, language } = useWords();
  const label = name("field", field.word ?? field.name);
  const fault = faultAt(error, `/${field.name}`, language) ?? (wrong === undefined ? null : say(`wrong.${wrong}`));
  const common = { label, error: fault, required: field.needed === true && row === null };
  const masked = row !== null && field.personal ? { placeholder: String(row[field.name] ?? ""), description: say("registry.keepMasked") } : {};
  switch (field.as) {
    case "choice":
      return (
        <Select {...common} value={text === "" ? null : text} onChange={(value) => put(value ?? "")} clearable={row === null}
          data={(field.options ?? []).map((option) => ({ value: option, label: name(field.words ?? "", option) }))} />
      );
    case "yes":
      return (
        <Select {...common} value={text === "" ? null : text} onChange={(value) => put(value ?? "")} clearable
          data={[{ value: "true", label: say("state.yes") }, { value: "false", label: say("state.no") }]} />
      );
    case "ref":
      return <RefInput label={label} error={fault} kind={field.of ?? "agents"} value={text} shown={row?.[`${field.name}_name`]} put={put} />;
    case "numbers":
      return <NumbersInput label={label} error={fault} value={text} put={put} />;
    case "long":
      return <Textarea {...common} value={text} autosize minRows={1} maxLength={1000} onChange={(event) => put(event.currentTarget.value)} />;
    default:
      return (
        <TextInput {...common} {...masked} value={text} autoComplete="off" type={field.as === "date" ? "date" : "text"}
          {...(field.as === "money" ? { rightSection: language === "zh" ? "元" : "CNY", rightSectionWidth: 48, inputMode: "decimal" as const } : {})}
          {...(field.as === "minute" ? { placeholder: "22:30" } : {})}
          onChange={(event) => put(event.currentTarget.value)} />
      );
  }
}
