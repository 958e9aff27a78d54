// How values are written: money, times, severity. Used by every page. Pure.
import type { Key } from "../locales/catalogue";

export interface Money {
  minor: number;
  currency: string;
}

// How many of its smallest units a currency counts to one: 100 fen, 1 yen, 1,000 fils.
function placesOf(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2; // no such currency: as the desk writes most of them
  }
}

// 1234567 fen -> "12,345.67 元", other currencies with their code; in English "CNY 12,345.67".
export function moneyText(money: Money, language: "zh" | "en"): string {
  const places = placesOf(money.currency);
  const digits = Math.abs(money.minor).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const part = places === 0 ? "" : `.${digits.slice(-places)}`;
  const amount = `${money.minor < 0 ? "-" : ""}${whole}${part}`;
  if (language === "en") return `${money.currency} ${amount}`;
  return `${amount} ${money.currency === "CNY" ? "元" : money.currency}`;
}

// "2026-07-03 14:05" in the reader's own time.
export function timeText(time: string | null | undefined): string {
  if (time === null || time === undefined) return "";
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number) => value.toString().padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

// From one time to another: "2026-07-03 06:05 – 06:15", the day once where it is the same.
export function spanText(from: string, to: string): string {
  const [first, last] = [timeText(from), timeText(to)];
  return `${first} – ${first.slice(0, 10) === last.slice(0, 10) ? last.slice(11) : last}`;
}

// "14:05:09", where minutes are too coarse: what comes as it happens.
export function secondText(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? "" : [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => part.toString().padStart(2, "0")).join(":");
}

export function severityKey(severity: number): Key {
  return severity >= 4 ? "severity.4" : severity === 3 ? "severity.3" : severity === 2 ? "severity.2" : "severity.1";
}

// Never colour alone: the word stands beside it.
export function severityColour(severity: number): string {
  return severity >= 4 ? "red" : severity === 3 ? "orange" : severity === 2 ? "yellow" : "gray";
}

// Sizes of files and disks: "12.3 GB".
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

// Sums in 万元, as people who read Chinese reckon them; below ten thousand as any amount.
export function sumText(money: Money, language: "zh" | "en"): string {
  if (language === "en" || money.currency !== "CNY" || Math.abs(money.minor) < 1_000_000) return moneyText(money, language);
  return `${(money.minor / 1_000_000).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",")} 万元`;
}

export function weekdayText(time: string, language: "zh" | "en"): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en", { weekday: "short" }).format(at);
}

// "Firefox · Windows": what a browser says of itself, as far as a person wants to know it.
export function deviceText(agent: string, unknown: string): string {
  const browser = ["Edg", "OPR", "Firefox", "MicroMessenger", "Chrome", "Safari"].find((name) => agent.includes(`${name}/`));
  const system = ["Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux"].find((name) => agent.includes(name));
  const called: Record<string, string> = { Edg: "Edge", OPR: "Opera", MicroMessenger: "WeChat", "Mac OS": "macOS" };
  return [browser, system].flatMap((name) => (name === undefined ? [] : [called[name] ?? name])).join(" · ") || unknown;
}
