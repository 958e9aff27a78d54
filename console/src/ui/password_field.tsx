// A field for a password with the button that shows it, which says so in the reader's language: Mantine's own words are English.
// Used wherever a password is typed.
import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useWords } from "../locales/words";

export function PasswordField(given: PasswordInputProps) {
  const { say } = useWords();
  return <PasswordInput {...given} visibilityToggleButtonProps={{ "aria-label": say("in.showPassword") }} />;
}
