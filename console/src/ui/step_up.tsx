// Asks for the second factor once more where the desk says that an act needs it fresh, then does the act. Used around
// buttons whose route may answer step-up-needed.
import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { type FormEvent, useCallback, useState } from "react";
import { Problem, post } from "../api/client";
import { useWords } from "../locales/words";
import { useSession } from "./session";
import { Failure } from "./states";

type Act = () => Promise<void>;

export function useStepUp(): { run: (act: Act) => Promise<void>; dialog: React.ReactNode } {
  const { say } = useWords();
  const { keep } = useSession();
  const [waiting, setWaiting] = useState<Act | null>(null);
  const [digits, setDigits] = useState("");
  const [error, setError] = useState<unknown>(null);

  const run = useCallback(async (act: Act) => {
    try {
      await act();
    } catch (failure) {
      if (!(failure instanceof Problem) || failure.kind !== "step-up-needed") throw failure;
      setDigits("");
      setError(null);
      setWaiting(() => act);
    }
  }, []);

  const show = async (event: FormEvent) => {
    event.preventDefault();
    try {
      keep(await post("/desk/session/step-up", { body: { totp: digits } }));
      const act = waiting;
      setWaiting(null);
      await act?.();
    } catch (failure) {
      setError(failure);
    }
  };
  const dialog = (
    <Modal opened={waiting !== null} onClose={() => setWaiting(null)} title={say("stepUp.title")} closeButtonProps={{ "aria-label": say("state.close") }}>
      <form onSubmit={(event) => void show(event)}>
        <Text mb="sm">{say("stepUp.text")}</Text>
        <TextInput
          label={say("in.totp")}
          inputMode="numeric"
          autoComplete="one-time-code"
          value={digits}
          onChange={(event) => setDigits(event.currentTarget.value)}
          data-autofocus
        />
        {error !== null && <Failure error={error} />}
        <Group justify="flex-end" mt="md">
          <Button type="submit">{say("in.next")}</Button>
        </Group>
      </form>
    </Modal>
  );
  return { run, dialog };
}
