// The language of the page and its words. Used by every component. The choice is kept in this browser; the first visit
// follows the browser's own language. Never falls back silently: a missing key does not compile.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { en } from "./en";
import { type Key, zh } from "./zh";

export type Language = "zh" | "en";
export type Say = (key: Key, values?: Record<string, string | number>) => string;

const catalogues: Record<Language, Record<Key, string>> = { zh, en };
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
  choose: (language: Language) => void;
}
const WordsOf = createContext<Words | null>(null);

export function WordsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => tellPage(language), [language]);
  const words = useMemo<Words>(
    () => ({
      language,
      say: (key, values) => fill(catalogues[language][key], values),
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
