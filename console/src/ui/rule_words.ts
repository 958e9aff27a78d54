// A rule in the reader's language: by the kind of risk it looks for. Used wherever a rule is named. A rule of one's own
// without a known kind keeps its own name.
import { typologies } from "../locales/typologies";
import { useWords } from "../locales/words";

function ruleText(rule: string, typology: string | undefined, language: "zh" | "en"): string {
  const pair = typologies[typology ?? ""] ?? typologies[/^T\d\d/.exec(rule)?.[0] ?? ""];
  return pair === undefined ? rule : pair[language === "zh" ? 0 : 1];
}

export function useRuleWords(): (rule: string, typology?: string) => string {
  const { language } = useWords();
  return (rule, typology) => ruleText(rule, typology, language);
}
