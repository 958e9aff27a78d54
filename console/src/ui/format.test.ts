// Formats and catalogues: what a reader would notice first if it were wrong.
import { expect, test } from "vitest";
import { queryText } from "../api/client";
import { areas, catalogue, type Key } from "../locales/catalogue";
import { fill } from "../locales/words";
import { bytesText, deviceText, moneyText, severityKey, spanText, sumText, timeText } from "./format";

test("money has groups, two places and its unit", () => {
  expect(moneyText({ minor: 1234567, currency: "CNY" }, "zh")).toBe("12,345.67 元");
  expect(moneyText({ minor: 5, currency: "CNY" }, "zh")).toBe("0.05 元");
  expect(moneyText({ minor: 1234567, currency: "CNY" }, "en")).toBe("CNY 12,345.67");
  expect(moneyText({ minor: -5, currency: "CNY" }, "en")).toBe("CNY -0.05");
  expect(moneyText({ minor: -123456789, currency: "USD" }, "zh")).toBe("-1,234,567.89 USD");
  expect(moneyText({ minor: 1234567, currency: "JPY" }, "zh")).toBe("1,234,567 JPY");
  expect(moneyText({ minor: 1234567, currency: "KWD" }, "zh")).toBe("1,234.567 KWD");
  expect(moneyText({ minor: 0, currency: "??" }, "zh")).toBe("0.00 ??");
});

test("sums are told in 万元 where that is how people reckon, sizes in the unit that fits", () => {
  expect(sumText({ minor: 131420000, currency: "CNY" }, "zh")).toBe("131.42 万元");
  expect(sumText({ minor: 999999, currency: "CNY" }, "zh")).toBe("9,999.99 元");
  expect(sumText({ minor: 131420000, currency: "CNY" }, "en")).toBe("CNY 1,314,200.00");
  expect(sumText({ minor: 131420000, currency: "USD" }, "zh")).toBe("1,314,200.00 USD");
  expect([0, 999, 12_345, 123_456_789, 2e12].map(bytesText)).toEqual(["0 B", "999 B", "12.3 kB", "123 MB", "2.0 TB"]);
});

test("times are written to the minute, and what is no time is nothing", () => {
  expect(timeText("2026-07-03T06:05:00.000Z")).toMatch(/^2026-07-0[234] \d\d:05$/);
  expect(timeText(null)).toBe("");
  expect(timeText("soon")).toBe("");
});

test("a span says its day once, or both where they differ", () => {
  expect(spanText("2026-07-03T06:05:00", "2026-07-03T06:15:00")).toBe("2026-07-03 06:05 – 06:15");
  expect(spanText("2026-07-02T23:55:00", "2026-07-03T00:05:00")).toBe("2026-07-02 23:55 – 2026-07-03 00:05");
});

test("a browser is told by its name and system", () => {
  expect(deviceText("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0", "?")).toBe("Edge · Windows");
  expect(deviceText("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1", "?")).toBe("Safari · iPhone");
  expect(deviceText("curl/8", "?")).toBe("?");
});

test("severity has a word for every grade", () => {
  expect([0, 1, 2, 3, 4, 9].map(severityKey)).toEqual([
    "severity.1", "severity.1", "severity.2", "severity.3", "severity.4", "severity.4",
  ]);
});

test("every word is there in both languages, with the same holes, and once", () => {
  const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [key, pair] of Object.entries(catalogue)) {
    const [zh, en] = pair;
    expect(pair, key).toHaveLength(2);
    expect(holes(en), key).toEqual(holes(zh));
    expect(zh.trim() !== "" && en.trim() !== "", key).toBe(true);
    // An English page shows no Chinese but names; the button that changes to Chinese is one.
    if (key !== "app.language") expect(en, key).not.toMatch(/[\u4e00-\u9fff]/);
    expect(zh, key).not.toMatch(/冻结|黑名单/);
  }
  expect(areas.flatMap((area) => Object.keys(area)).length).toBe(Object.keys(catalogue).length);
  expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
});

test("no word is kept that no page says", () => {
  const sources = Object.values(import.meta.glob(["../**/*.tsx", "../**/*.ts", "!../locales/**"], { query: "?raw", import: "default", eager: true })) as string[];
  const text = sources.join("\n");
  // Keys that are put together at run time: say(`alerts.state.${state}`), name("status", row.status).
  const made = [...text.matchAll(/(?:say|name|keyOf)\((?:`([\w.-]+)\$\{|"([\w.]+)", )/g)].map((found) => found[1] ?? `${found[2]}.`);
  const words = [...text.matchAll(/choice\("\w+", "(\w+)"/g)].map((found) => `${found[1]}.`);
  const starts = [...made, ...words, "nav.", "severity.", "field.", "problem."];
  const unused = (Object.keys(catalogue) as Key[]).filter((key) => !text.includes(`"${key}"`) && !starts.some((start) => key.startsWith(start)));
  expect(unused).toEqual([]);
});

test("a query leaves out what is not asked", () => {
  expect(queryText({ state: "open", q: "", cursor: null, limit: 5, x: undefined })).toBe("?state=open&limit=5");
  expect(queryText({})).toBe("");
});
