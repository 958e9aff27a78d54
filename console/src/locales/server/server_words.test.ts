// What the server says is said in Chinese: every sentence of its sources stands in a table, and no table keeps one that is gone.
import { expect, test } from "vitest";
import { keyOf } from "../catalogue";
import { faultsOfTests, sentences } from "./sources";
import { desk } from "./desk_table";
import { expression } from "./expression_table";
import { policy } from "./policy_table";
import { holes } from "./hole_words";
import { chineseOf, inChinese, learn, ownReasons, reasonInChinese } from "./server_words";

type Files = Record<string, string>;
const deskFiles = import.meta.glob(
  ["../../../../src/edge/desk/*.cpp", "../../../../src/backoffice/{access,registry,findings,rulebook,notify}/*.cpp", "../../../../src/edge/outgoing/*.cpp",
    "!../../../../src/**/*_test.cpp"], { query: "?raw", import: "default", eager: true }) as Files;
const engineFiles = import.meta.glob("../../../../src/decision/{engine/{engine,facts},pipeline/{acts,admission}}.cpp", { query: "?raw", import: "default", eager: true }) as Files;
const service = import.meta.glob("../../../../apps/tillwatch/service_thread.cpp", { query: "?raw", import: "default", eager: true }) as Files;
const policyFiles = import.meta.glob(
  ["../../../../src/decision/policy/{compiler,difference,expression_contradictions,expression_review,meanings,names,packs,reader,review,section,source,unit,bundle}.cpp",
    "../../../../src/foundation/yaml/*.cpp", "../../../../src/backoffice/scenario/*.cpp", "!../../../../src/**/*_test.cpp"], { query: "?raw", import: "default", eager: true }) as Files;
const expressionFiles = import.meta.glob("../../../../src/decision/cel/{checker,compiler,lexer,macros,parser,remedies,resolver}.cpp", { query: "?raw", import: "default", eager: true }) as Files;
const mistakes = import.meta.glob("../../../../src/decision/cel/faults_test.cpp", { query: "?raw", import: "default", eager: true }) as Files;

// What no page of the console shows: names of roles (GET /desk/roles has both languages), mails, files, values of members, fields of
// HTTP, and what only the log or the command line says.
const elsewhere: Record<string, RegExp> = {
  "right_table.cpp": /./, "digest.cpp": /./, "mail_text.cpp": /./, "entity_table.cpp": /./, "reader.cpp": /^(rule override|policy file|, agent: .*)$/, "sealing.cpp": /./, "factor.cpp": /./, "dormancy.cpp": /./, "assets.cpp": /;|-src|age=/,
  "record.cpp": /^id, |values|conflict do/, "draft.cpp": /^id, /, "list_item.cpp": /^id, /, "publication.cpp": /^number, /, "decision_export.cpp": /;/,
  "review_routes.cpp": /;/, "problems.cpp": /^[A-Z]/, "origin.cpp": /passwords would cross/, "yaml.cpp": /^(end of (map|sequence)|illegal map value|a full-width colon)/,
  "difference.cpp": /^no longer$/, "section.cpp": /^of a$/, "lexer.cpp": /^control character$/, "parser.cpp": /^the number$/, "unit.cpp": /^of the (entry's|base) currency$/,
  "macros.cpp": /^(whether|the|it|a|as|list|map|cel|optional|an)\b/,
};
const name = (path: string) => path.split("/").at(-1) ?? "";

// A sentence is put together of pieces; signs and blanks between them belong to either side.
const bare = (text: string) => text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");

function missing(files: Files, ...tables: Readonly<Record<string, string>>[]): string[] {
  const kept = new Set([holes, ...tables].flatMap((table) => Object.keys(table)).flatMap((key) => [key, ...key.split(/\{[^}]*\}/)]).map(bare));
  return Object.entries(files).flatMap(([path, source]) =>
    sentences(source).filter((one) => !kept.has(bare(one)) && !elsewhere[name(path)]?.test(one)).map((one) => `${name(path)}: ${one}`));
}

test("every sentence of the desk is there in Chinese", () => {
  expect(Object.keys(deskFiles).length).toBeGreaterThan(50);
  expect(missing(deskFiles, desk)).toEqual([]);
  expect(Object.keys(engineFiles)).toHaveLength(4);
  expect(missing(engineFiles, desk)).toEqual([]);
});

test("every sentence of the check of a policy is there in Chinese", () => {
  expect(Object.keys(policyFiles).length).toBeGreaterThan(15);
  expect(Object.keys(expressionFiles)).toHaveLength(7);
  expect(missing(policyFiles, policy)).toEqual([]);
  expect(missing(expressionFiles, expression, policy)).toEqual([]);
});

test("no table keeps a sentence that no source has", () => {
  const all = [deskFiles, engineFiles, policyFiles, expressionFiles].flatMap((files) => Object.values(files)).join("\n");
  const plain = all.replace(/"\s*\n\s*"/g, "").replace(/\\(["\\])/g, "$1").replace(/\{\{/g, "{").replace(/\}\}/g, "}");
  const gone = (table: Readonly<Record<string, string>>) => Object.keys(table).filter((key) => key.split(/\{\}|['"`;,(){}]/).some((part) => part.trim().length > 12 && !plain.includes(part.trim())));
  expect([gone(desk), gone(policy), gone(expression)]).toEqual([[], [], []]);
});

test("what is put in stays, words of the server are said in Chinese", () => {
  expect(inChinese("expected a whole number from 0 to 1439")).toBe("应为 0 至 1439 的整数");
  expect(inChinese("this proposal is over: it is consumed")).toBe("这项变更已有结果:已执行");
  expect(inChinese("there is no such settlement account: register it first")).toBe("没有这个结算账户:请先登记");
  expect(inChinese("something new")).toBeNull();
  expect(inChinese("registry: the merchant holds more than 60 KiB of registered facts")).toBe("商户的登记信息超过 60 KiB");
  expect(inChinese("this proposal is over: it is constructor")).toBe("这项变更已有结果:constructor");
});

test("the mistakes that people make in a condition are told in Chinese", () => {
  const told = faultsOfTests(Object.values(mistakes).join("\n"));
  expect(told.length).toBeGreaterThan(50);
  const speak = chineseOf(desk, policy, expression);
  const left = told.flatMap(([message, hint]) => [message, hint]).filter((one) => one !== "" && !/[\u4e00-\u9fff]/.test(speak(one) ?? ""));
  expect(left).toEqual([]);
});

// Every object has a constructor; the tables do not.
test("a word that no table has stays as it is", () => {
  for (const word of ["constructor", "toString", "__proto__"]) expect(inChinese(`expected ${word}`)).toBe(`应为 ${word}`);
});

test("what a room brings along is known from then on, and once", () => {
  const sentence = "no rule reads the derived value 'x'";
  expect(inChinese(sentence)).toBeNull();
  learn(policy);
  learn(policy, expression);
  expect(inChinese(sentence)).toBe("没有规则读取中间值“x”");
});

test("a reason is whose it is: people's stay as they typed them, the server's own are told in Chinese", () => {
  expect(reasonInChinese("roles of an account")).toBe("修改账号的角色");
  expect(reasonInChinese("adopted from the folder of the first start")).toBe("首次启动时采用规则文件夹的内容");
  for (const typed of ["sign in first", "expected true or false", "no policy is in force", "say why"]) {
    expect(inChinese(typed), typed).not.toBeNull();
    expect(reasonInChinese(typed), typed).toBeNull();
  }
  const all = Object.values(deskFiles).join("\n");
  for (const own of ownReasons) expect(all).toContain(`"${own}"`);
});

test("as many values are put in as the server says, at most", () => {
  for (const table of [desk, policy, expression])
    for (const [sentence, words] of Object.entries(table)) {
      const said = sentence.split("{}").length - 1;
      for (const hole of words.matchAll(/\{(\d)\}/g)) expect(Number(hole[1]), sentence).toBeLessThanOrEqual(said);
      expect(words, sentence).toMatch(/[\u4e00-\u9fff]/);
    }
});

test("every trouble of the service has words", () => {
  const troubles = Object.values(service).flatMap((source) => [...source.matchAll(/go_to_rest\(\s*\w+,\s*"(\w+)"/g)].map((found) => found[1] ?? ""));
  expect(new Set(troubles).size).toBe(4);
  expect(troubles.filter((trouble) => keyOf(`trouble.${trouble}`) === null)).toEqual([]);
});

// Kinds of acts, as the audit lists them: what people did is said in words.
test("every act has a word", () => {
  const kinds = new Set(Object.values(deskFiles).flatMap((source) => [...source.matchAll(/(?:append|tell)\([^;]*?"([a-z_]+\.[a-z_]+)"/g)].map((found) => found[1] ?? "")));
  expect(kinds.size).toBeGreaterThan(25);
  expect([...kinds].filter((kind) => keyOf(`act.${kind}`) === null)).toEqual([]);
});
