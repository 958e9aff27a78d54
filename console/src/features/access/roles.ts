// The roles there are, in the reader's language. Used by the pages of accounts, of changes and of the access review.
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { useWords } from "../../locales/words";

export function useRoles() {
  const { language } = useWords();
  const roles = useQuery({ queryKey: ["roles"], queryFn: () => get("/desk/roles") });
  const items = roles.data?.items.map((role) => ({ value: role.name, label: language === "zh" ? role.zh : role.en })) ?? [];
  return { items, text: (name: string) => items.find((role) => role.value === name)?.label ?? name };
}
