// What an act or a change is about ("account:acc_1", "alert:alr_2"), in words and with a way to it. Used by the audit, by changes to
// review and by the first page. Never shows a long id where its end tells it apart.
import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { useWords } from "../locales/words";
import { usePeople } from "./people";

const paths: Record<string, (id: string) => string> = {
  alert: (id) => `/alerts/${id}`,
  draft: (id) => `/drafts/${id}`,
  list: (id) => `/lists/${encodeURIComponent(id)}`,
  policy: () => "/policy",
  proposal: () => "/proposals",
  webhook: () => "/webhooks",
  api_key: () => "/api-keys",
  merchant: (id) => `/merchants/${encodeURIComponent(id)}`,
  terminal: (id) => `/terminals/${encodeURIComponent(id)}`,
  agent: (id) => `/agents/${encodeURIComponent(id)}`,
  rep: (id) => `/reps/${encodeURIComponent(id)}`,
  person: (id) => `/persons/${encodeURIComponent(id)}`,
  channel: (id) => `/channels/${encodeURIComponent(id)}`,
  settlement_account: (id) => `/settlement-accounts/${encodeURIComponent(id)}`,
};

// "alr_01J...": made by the desk; a serial, a list's name, a version's number are people's own.
const made = /^[a-z]{2,4}_[0-9A-Za-z]{12,}$/;
export const shortId = (id: string) => (made.test(id) ? `…${id.slice(-6)}` : id);

export function Subject({ text }: { text: string }) {
  const { name } = useWords();
  const who = usePeople();
  const at = text.indexOf(":");
  const kind = at < 0 ? text : text.slice(0, at);
  const id = at < 0 ? "" : text.slice(at + 1);
  const words = [name("entity", kind), kind === "account" ? who(id) : kind === "setting" ? "" : shortId(id)].filter((one) => one !== "").join(" ");
  const path = id === "" ? undefined : paths[kind]?.(id);
  return path === undefined ? <>{words}</> : <Anchor component={Link} to={path} size="sm">{words}</Anchor>;
}
