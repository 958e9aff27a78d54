// What a page shows while it waits, when there is nothing, and when something failed: in words, with what to do. Used by
// every feature.
import { Alert, Button, Group, Loader, Text } from "@mantine/core";
import { Problem } from "../api/client";
import { useWords } from "../locales/words";

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

export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const { say } = useWords();
  const words = error instanceof Problem ? error.message : say("state.unreachable");
  return (
    <Alert color="red" title={say("state.failed")} my="sm" role="alert">
      <Text>{words}</Text>
      {error instanceof Problem &&
        error.document.errors?.map((fault) => (
          <Text key={fault.pointer} size="sm">
            {fault.pointer} {fault.detail}
          </Text>
        ))}
      {again && (
        <Button mt="xs" size="xs" variant="default" onClick={again}>
          {say("state.again")}
        </Button>
      )}
    </Alert>
  );
}
