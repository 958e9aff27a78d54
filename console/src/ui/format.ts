// How values are written: money, times, severity. Used by every page; the same in both languages. Pure.
import type { Key } from "../locales/zh";

export interface Money {
  minor: number;
  currency: string;
}

// 1234567 fen -> "12,345.67 元"; other currencies keep their code.
export function moneyText(money: Money): string {
  const sign = money.minor < 0 ? "-" : "";
  const whole = Math.abs(money.minor);
  const yuan = Math.floor(whole / 100).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const fen = (whole % 100).toString().padStart(2, "0");
  return `${sign}${yuan}.${fen} ${money.currency === "CNY" ? "元" : money.currency}`;
}

// "2026-07-03 14:05" in the reader's own time.
export function timeText(time: string | null | undefined): string {
  if (time === null || time === undefined) return "";
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number) => value.toString().padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function severityKey(severity: number): Key {
  return severity >= 4 ? "severity.4" : severity === 3 ? "severity.3" : severity === 2 ? "severity.2" : "severity.1";
}

// Never colour alone: the word stands beside it.
export function severityColour(severity: number): string {
  return severity >= 4 ? "red" : severity === 3 ? "orange" : severity === 2 ? "yellow" : "gray";
}
