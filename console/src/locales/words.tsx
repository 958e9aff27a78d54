// The language of the page and its words. Used by every component. The choice is kept in this browser; the first visit
// follows the browser's own language. Never falls back silently: a missing key does not compile.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { catalogue, type Key, keyOf } from "./catalogue";

export type Language = "zh" | "en";
type Say = (key: Key, values?: Record<string, string | number>) => string;

const stored = "tillwatch-language";

export function fill(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function firstLanguage(): Language {
  const kept = localStorage.getItem(stored);
  if (kept === "zh" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

// For screen readers, and for the shapes of characters that both languages have.
function tellPage(language: Language): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

interface Words {
  language: Language;
  say: Say;
  // A word that is chosen by a value of the desk: say what is there where the catalogue has none.
  name: (group: string, value: string | null | undefined) => string;
  choose: (language: Language) => void;
}
const WordsOf = createContext<Words | null>(null);

export function wordsIn(language: Language): Pick<Words, "say" | "name"> {
  const at = language === "zh" ? 0 : 1;
  return {
    say: (key, values) => fill(catalogue[key][at], values),
    name: (group, value) => {
      const key = keyOf(`${group}.${value ?? ""}`);
      return key === null ? (value ?? "") : catalogue[key][at];
    },
  };
}

export function WordsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => tellPage(language), [language]);
  const words = useMemo<Words>(
    () => ({
      language,
      ...wordsIn(language),
      choose: (next) => {
        localStorage.setItem(stored, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <WordsOf.Provider value={words}>{children}</WordsOf.Provider>;
}

export function useWords(): Words {
  const words = useContext(WordsOf);
  if (words === null) throw new Error("outside of WordsProvider");
  return words;
}
