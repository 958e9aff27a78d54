// What a page shows while it waits, when there is nothing, and when something failed: in words, with what to do. Used by
// every feature.
import { Alert, Button, Group, Loader, Text } from "@mantine/core";
import { useWords } from "../locales/words";
import { tellProblem } from "./problem";

export function Loading() {
  const { say } = useWords();
  return (
    <Group p="md" role="status">
      <Loader size="sm" />
      <Text>{say("state.loading")}</Text>
    </Group>
  );
}

export function Empty() {
  const { say } = useWords();
  return (
    <Text p="md" c="dimmed">
      {say("state.empty")}
    </Text>
  );
}

// `words`: what to say where the error itself says nothing to people.
export function Failure({ error, words, again }: { error: unknown; words?: string; again?: () => void }) {
  const { say, language } = useWords();
  const told = tellProblem(error, language);
  return (
    <Alert color="red" title={say("state.failed")} my="sm" role="alert">
      <Text>{words ?? told.words}</Text>
      {told.faults.filter((fault) => fault.words !== "").map((fault) => (
        <Text key={fault.pointer} size="sm">{fault.field}: {fault.words}</Text>
      ))}
      {told.original.length > 0 && (
        <details>
          <summary>{say("state.original")}</summary>
          {told.original.map((words) => <Text key={words} size="sm" lang="en">{words}</Text>)}
        </details>
      )}
      {again && (
        <Button mt="xs" size="xs" variant="default" onClick={again}>
          {say("state.again")}
        </Button>
      )}
    </Alert>
  );
}
