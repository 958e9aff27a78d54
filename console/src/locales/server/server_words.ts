// What the server says, in Chinese: its English sentences are the keys, as they stand in its sources (gettext's way), so that no two
// places have to agree on a number. Used by ui/problem.ts and by pages that show what the server wrote. What no table has is null:
// the page then shows the server's own words and marks them as English.
import { desk } from "./desk_table";
import { holes } from "./hole_words";

type Table = Readonly<Record<string, string>>;
interface Pattern {
  shape: RegExp;
  words: string;
  fixed: number; // characters that are the sentence's own: the more, the surer
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function patternsOf(table: Table): Pattern[] {
  return Object.entries(table).map(([sentence, words]) => ({
    shape: new RegExp(`^${sentence.split("{}").map(escaped).join("([\\s\\S]+?)")}$`),
    words,
    fixed: sentence.replaceAll("{}", "").length,
  }));
}

const ordered = (patterns: Pattern[]) => patterns.sort((a, b) => b.fixed - a.fixed);

// What stands in a sentence may be a word or a sentence itself ("the draft has faults: ...").
const deepest = 3;

// The engine says before a colon where the fault is: "registry: ...".
const placed = /^[a-z_.]+: ([\s\S]+)$/;

function translate(known: readonly Pattern[], said: string, depth: number): string | null {
  for (const { shape, words } of known) {
    const found = shape.exec(said);
    if (found === null) continue;
    // What stands between quotes is a name of somebody's choice and stays.
    return words.replace(/(“?)\{(\d)\}/g, (_, quote: string, place: string) => {
      const part = found[Number(place)] ?? "";
      if (quote !== "") return quote + part;
      const word = Object.hasOwn(holes, part) ? holes[part] : undefined;
      return word ?? (depth < deepest ? translate(known, part, depth + 1) : null) ?? part;
    });
  }
  const rest = depth === 0 ? placed.exec(said)?.[1] : undefined;
  return rest === undefined ? null : translate(known, rest, 1);
}

// Says sentences in Chinese as far as these tables have them.
export function chineseOf(...tables: readonly Table[]): (said: string) => string | null {
  const known = ordered(tables.flatMap(patternsOf));
  return (said) => translate(known, said, 0);
}

// The tables of the rooms that were entered: each once, whatever the order.
const learnt = new Set<Table>([desk]);
let spoken = chineseOf(...learnt);

// More tables, when the room that needs them is entered.
export function learn(...tables: readonly Table[]): void {
  for (const table of tables) learnt.add(table);
  spoken = chineseOf(...learnt);
}

export const inChinese = (said: string): string | null => spoken(said);

// Reasons are people's own words and stay as they were typed, whatever they read like; these the server wrote where nobody gave one.
export const ownReasons = new Set(["adopted from the folder of the first start", "roles of an account"]);

export const reasonInChinese = (reason: string): string | null => (ownReasons.has(reason) ? inChinese(reason) : null);
