// Why somebody does what he is about to do, where he need not say: a field beside the button, and what of it goes with the request.
// Used by forms whose request has a reason that may be left out; the audit shows it.
import { TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useWords } from "../locales/words";

interface Why {
  given: { reason?: string };
  forget: () => void;
  field: ReactNode;
}

export function useWhy(size: "xs" | "sm" = "sm"): Why {
  const { say } = useWords();
  const [text, setText] = useState("");
  const reason = text.trim();
  const field = <TextInput label={say("state.why")} size={size} value={text} w={180} maxLength={300} onChange={(event) => setText(event.currentTarget.value)} />;
  return { given: reason === "" ? {} : { reason }, forget: () => setText(""), field };
}
