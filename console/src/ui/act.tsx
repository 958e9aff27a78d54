// Something that a button does: busy while it runs, a failure in words, what came of it, and the second factor where the
// desk asks for it. Used by every feature that changes something. Refreshes the lists that are named.
import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Failure } from "./states";
import { useStepUp } from "./step_up";

export interface Act {
  run: (work: () => Promise<string | undefined>) => Promise<void>;
  busy: boolean;
  error: unknown;
  shown: ReactNode; // the dialog, the failure, what came of it: stands where the buttons are
}

export function useAct(...keys: string[]): Act {
  const queries = useQueryClient();
  const stepUp = useStepUp();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [told, setTold] = useState("");
  const run = async (work: () => Promise<string | undefined>) => {
    setBusy(true);
    setError(null);
    setTold("");
    try {
      await stepUp.run(async () => {
        const words = await work();
        setTold(words ?? "");
        for (const key of keys) await queries.invalidateQueries({ queryKey: [key] });
      });
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const shown = (
    <>
      {stepUp.dialog}
      {error !== null && <Failure error={error} />}
      {told !== "" && <Text role="status">{told}</Text>}
    </>
  );
  return { run, busy, error, shown };
}
