// What the server wrote, in the reader's language: from the tables where they have it, else as it is, marked as English for whoever
// has it read aloud. Used wherever a page shows a sentence of the server.
import { inChinese, reasonInChinese } from "../locales/server/server_words";
import { useWords } from "../locales/words";

export function ServerWords({ text }: { text: string }) {
  const { language } = useWords();
  if (language === "en") return <>{text}</>;
  const words = inChinese(text);
  return words === null ? <span lang="en">{text}</span> : <>{words}</>;
}

// Why somebody did something, in his own words; the few that the server wrote in his place in the reader's language.
export function Reason({ text }: { text: string }) {
  const { language } = useWords();
  return <>{language === "en" ? text : (reasonInChinese(text) ?? text)}</>;
}

// The same as ServerWords as a text, to be put into a sentence.
export function useServerWords(): (text: string) => string {
  const { language } = useWords();
  return (text) => (language === "en" ? text : (inChinese(text) ?? text));
}
