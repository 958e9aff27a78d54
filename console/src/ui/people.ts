// Who an account is, by name: one's own, and those of the colleagues that the desk tells the reader of. Used where the desk gives
// an id. Never shows an id where a word will do.
import { useQuery } from "@tanstack/react-query";
import { get, type Schemas } from "../api/client";
import { useWords } from "../locales/words";
import { useSession } from "./session";

const pagesMax = 10;

async function everybody(): Promise<Map<string, Schemas["Colleague"]>> {
  const people = new Map<string, Schemas["Colleague"]>();
  let cursor = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const answer: Schemas["Colleagues"] = await get("/desk/colleagues", { query: { limit: 200, cursor } });
    for (const one of answer.items) people.set(one.id, one);
    if (answer.next === null) break;
    cursor = answer.next;
  }
  return people;
}

const useEverybody = () => useQuery({ queryKey: ["people"], queryFn: everybody, staleTime: 60_000 });

// Whom something can be given to, for a choice; whoever is chosen already keeps his name there, whatever became of his account.
export function choices(people: readonly Schemas["Colleague"][], chosen: readonly string[], who: (id: string) => string): { value: string; label: string }[] {
  const active = people.filter((one) => one.active).map((one) => ({ value: one.id, label: one.shown_name }));
  const others = [...new Set(chosen)].filter((id) => id !== "" && !active.some((one) => one.value === id));
  return [...active, ...others.map((id) => ({ value: id, label: who(id) }))];
}

export function useColleagues(...chosen: string[]): { value: string; label: string }[] {
  const people = useEverybody();
  return choices([...(people.data?.values() ?? [])], chosen, usePeople());
}

// An account's id as the desk makes it; what else stands for an author (a program's name, an API key's) says itself who it is.
const isAccount = (id: string) => id.startsWith("acc_");

export function usePeople(): (id: string | null | undefined) => string {
  const { say } = useWords();
  const { session } = useSession();
  const people = useEverybody();
  return (id) => {
    if (id === null || id === undefined || id === "") return "";
    if (id === session.account?.id) return session.account.shown_name;
    const known = people.data?.get(id)?.shown_name;
    if (known !== undefined) return known;
    if (id === "system") return say("people.system");
    // Somebody whose roles lie outside the reader's part: told apart by the end of his number.
    return isAccount(id) ? say("people.other", { end: id.slice(-4) }) : id;
  };
}
