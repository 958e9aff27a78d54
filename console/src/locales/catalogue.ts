// All words of the console. Read through words.tsx; terms follow docs/glossary.md: nothing is confirmed before somebody
// confirmed it (疑似), and nothing of ours is called 冻结 or 黑名单.
import { access } from "./words/access";
import { decisions } from "./words/decisions";
import { fields } from "./words/fields";
import { findings } from "./words/findings";
import { frame } from "./words/frame";
import { notify } from "./words/notify";
import { policy } from "./words/policy";
import { registry } from "./words/registry";
import { system } from "./words/system";

export const catalogue = { ...frame, ...access, ...findings, ...registry, ...fields, ...decisions, ...policy, ...notify, ...system };
export const areas = [frame, access, findings, registry, fields, decisions, policy, notify, system];

export type Key = keyof typeof catalogue;

// A key that is put together at run time ("alerts.state.open"): null where there is no such word.
export function keyOf(name: string): Key | null {
  return Object.hasOwn(catalogue, name) ? (name as Key) : null;
}
