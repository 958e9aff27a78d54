// The sentences that the server's sources hold, for the tests of the tables beside this: each text between quotes that reads like
// a sentence, in pieces where values are put in. Never part of the console.
const sql = /\$\d|^ in \(|\bselect\b|^ ?(from|where|and|or|on|order|group|join|left|update|insert|delete|values|set|limit) |\b(order by|is null|coalesce|cast\(|else \d|pragma|case when|group by| join | limit \d| in \()/i;

function withoutComments(source: string): string {
  return source.replace(/"(?:\\.|[^"\\\n])*"|\/\/[^\n]*/g, (found) => (found.startsWith('"') ? found : ""));
}

// Texts that stand side by side are one text to the compiler.
function texts(source: string): string[] {
  const raw = [...source.matchAll(/R"\(([\s\S]*?)\)"/g)].map((found) => found[1] ?? "");
  const plain = withoutComments(source.replace(/R"\([\s\S]*?\)"/g, '""')).replace(/^#include.*$/gm, "");
  const joined = [...plain.matchAll(/"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*/g)].map((found) =>
    [...found[0].matchAll(/"((?:\\.|[^"\\\n])*)"/g)].map((part) => part[1] ?? "").join(""));
  return [...raw, ...joined].map((text) => text.replace(/\\(["\\])/g, "$1").replace(/\\n/g, " "));
}

// Two words at least, in small letters: no names, no formats, no SQL.
export function sentences(source: string): string[] {
  return texts(source)
    .filter((text) => !sql.test(text) && /[a-z]{2,}[,:;']* [a-z(]/.test(text) && !/^[\w.-]+\(.*\)|^\/|=\{|<\w|: \{\}$/.test(text))
    .flatMap((text) => text.replace(/\{\{/g, "\u0001").replace(/\}\}/g, "\u0002").split(/\{[^}]*\}/))
    .map((text) => text.replace(/\u0001/g, "{").replace(/\u0002/g, "}").trim())
    .filter((text) => /[a-z]{2,}[,:;']* [a-z(]/.test(text));
}

// "1:9: message (hint)", as a test of the expression language writes what it expects.
export function faultsOfTests(source: string): [message: string, hint: string][] {
  return texts(source).flatMap((text): [string, string][] => {
    const found = /^\d+:\d+: ([\s\S]*)$/.exec(text);
    if (found === null) return [];
    const whole = (found[1] ?? "").replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
    const split = /^([\s\S]*?) \(((?:write |did you |add |is it |it takes |name |the |put |convert |compare |ask |take |to |use |close |a |as |an |% |int |double |split |keep |no |save )[\s\S]*)\)$/.exec(whole);
    return [split === null ? [whole, ""] : [split[1] ?? "", split[2] ?? ""]];
  });
}
