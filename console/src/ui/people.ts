// Who an account is, by name: one's own, and everybody's for whoever may read accounts. Used where the desk gives an id.
import { useQuery } from "@tanstack/react-query";
import { get, type Schemas } from "../api/client";
import { useSession } from "./session";

const pagesMax = 10;

async function everybody(): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  let cursor = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const answer: Schemas["Accounts"] = await get("/desk/accounts", { query: { limit: 200, cursor } });
    for (const account of answer.items) names.set(account.id, account.shown_name);
    if (answer.next === null) break;
    cursor = answer.next;
  }
  return names;
}

function useEverybody() {
  const { may } = useSession();
  return useQuery({ queryKey: ["people"], queryFn: everybody, enabled: may("accounts.read"), staleTime: 60_000 });
}

// Whom something can be given to, for a choice: nobody where the reader may not see accounts.
export function useColleagues(): { value: string; label: string }[] {
  const people = useEverybody();
  return [...(people.data ?? [])].map(([value, label]) => ({ value, label }));
}

export function usePeople(): (id: string | null | undefined) => string {
  const { session } = useSession();
  const people = useEverybody();
  return (id) => {
    if (id === null || id === undefined || id === "") return "";
    if (id === session.account?.id) return session.account.shown_name;
    // What is no account's id (a program's name, an API key's) is short, and says itself who it is.
    return people.data?.get(id) ?? (id.length > 20 ? `…${id.slice(-6)}` : id);
  };
}
