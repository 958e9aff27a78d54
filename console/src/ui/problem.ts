// What went wrong, in the reader's language: the kind of a refusal by its type, each fault with the name of its field.
// Used by Failure and by forms. Pure.
import { Problem } from "../api/client";
import { inChinese } from "../locales/server/server_words";
import { type Language, wordsIn } from "../locales/words";

interface ToldFault {
  pointer: string;
  field: string;
  words: string;
}
export interface Told {
  words: string;
  faults: ToldFault[];
  original: string[]; // what could not be said in the reader's language
}

function faultWords(language: Language, detail: string): string | null {
  return language === "en" ? detail : inChinese(detail);
}

export function tellProblem(error: unknown, language: Language): Told {
  const { say, name } = wordsIn(language);
  if (!(error instanceof Problem)) return { words: say("state.unreachable"), faults: [], original: [] };
  const told: Told = { words: name("problem", error.kind), faults: [], original: [] };
  const detail = error.document.detail;
  const faults = error.document.errors ?? [];
  if (detail !== undefined && !faults.some((fault) => fault.detail === detail)) {
    const words = faultWords(language, detail);
    if (words !== null) told.words = language === "en" || words === told.words ? words : `${told.words}:${words}`;
    else told.original.push(detail);
  }
  for (const fault of faults) {
    const words = faultWords(language, fault.detail);
    const last = fault.pointer.replace(/^[?/]/, "").split("/").at(0) ?? "";
    if (words === null) told.original.push(fault.detail);
    told.faults.push({ pointer: fault.pointer, field: name("field", last), words: words ?? "" });
  }
  return told;
}

// What is said of one member, for the form's field: "/password".
export function faultAt(error: unknown, pointer: string, language: Language): string | null {
  if (!(error instanceof Problem)) return null;
  const detail = error.faultOf(pointer);
  return detail === null ? null : (faultWords(language, detail) ?? detail);
}
