// Whatever the contract lets people give a reason for, the console asks them why.
import { expect, test } from "vitest";
import contract from "../../../contracts/openapi.yaml?raw";

const sources = import.meta.glob("../features/**/*.tsx", { query: "?raw", import: "default", eager: true }) as Record<string, string>;

// The schemas with a member "reason", and the operations whose request is one of them or has it in its query: "patch /desk/accounts/{id}".
function withReason(): string[] {
  const schemas = new Set([...contract.matchAll(/^ {4}(\w+):[^\n]*\n((?: {5,}[^\n]*\n)*)/gm)].filter((found) => /^ {8}reason:/m.test(found[2] ?? "")).map((found) => found[1]));
  return contract.split(/^(?= {2}\/)/m).flatMap((path) =>
    path.split(/^(?= {4}(?:get|post|put|patch|delete):$)/m).slice(1).flatMap((operation) => {
      const wish = /requestBody:[\s\S]*?\$ref: "#\/components\/schemas\/(\w+)"/.exec(operation)?.[1] ?? "";
      const asked = /\{name: reason, in: query/.test(operation) || schemas.has(wish);
      return asked ? [`${/^ {4}(\w+)/.exec(operation)?.[1] ?? ""} ${/^ {2}(\/\S+):/.exec(path)?.[1] ?? ""}`] : [];
    }));
}

test("a request that may have a reason is sent with the reader's", () => {
  const operations = new Set(withReason());
  expect(operations.size).toBeGreaterThan(15);
  const silent: string[] = [];
  let sent = 0;
  for (const [file, source] of Object.entries(sources))
    for (const found of source.matchAll(/\b(post|put|patch|remove|download)\("(\/desk[^"]*)"[^;]*;/g)) {
      const method = { remove: "delete", download: "get" }[found[1] ?? ""] ?? found[1];
      if (!operations.has(`${method} ${found[2]}`)) continue;
      sent += 1;
      if (!/reason|\bwhy\b|\bbody \}/.test(found[0])) silent.push(`${file}: ${found[0].slice(0, 80)}`);
    }
  expect(sent).toBeGreaterThan(12);
  expect(silent).toEqual([]);
});
