// Asks for the second factor once more where the desk says that an act needs it fresh, then does the act. Used around
// buttons whose route may answer step-up-needed, and in place of what may not be read without.
import { Alert, Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useCallback, useRef, useState } from "react";
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

  // A button that waits cannot keep the focus, so the dialog would not know whom to give it back to.
  const opener = useRef<HTMLElement | null>(null);

  const run = useCallback(async (act: Act) => {
    opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    try {
      await act();
    } catch (failure) {
      if (!needsFactor(failure)) throw failure;
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
    <Modal opened={waiting !== null} onClose={() => setWaiting(null)} title={say("stepUp.title")} closeButtonProps={{ "aria-label": say("state.close") }}
      returnFocus={false} onExitTransitionEnd={() => opener.current?.focus()}>
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

const needsFactor = (error: unknown) => error instanceof Problem && error.kind === "step-up-needed";

// Where something could not be read: as Failure, but a missing second factor is asked for, and then all that waits for it is read.
export function ReadFailure({ error, again }: { error: unknown; again: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const stepUp = useStepUp();
  if (!needsFactor(error)) return <Failure error={error} again={again} />;
  // What was refused once is not asked for in vain before the digits are there: the page would forget meanwhile that it asks for them.
  let asked = false;
  const verify = async () => {
    if (!asked) {
      asked = true;
      throw error;
    }
    void queries.refetchQueries({ predicate: (query) => needsFactor(query.state.error) });
  };
  return (
    <Alert color="yellow" my="sm" role="alert">
      <Text>{say("stepUp.read")}</Text>
      <Button mt="xs" size="xs" onClick={() => void stepUp.run(verify)}>{say("stepUp.verify")}</Button>
      {stepUp.dialog}
    </Alert>
  );
}
