// What a change comes to, in words, and exactly, as it is approved. Used by the card of a proposal. What it cannot read it shows as
// it is.
import { Anchor, Code, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { timeText } from "../../ui/format";
import { AgentName } from "../registry/entity_name";
import { useRoles } from "./roles";

interface Change {
  roles?: { role: string; agent: string }[];
  draft?: string;
  effective_at?: string;
  to?: number;
  list?: string;
  step?: string;
  value?: string;
  expires_at?: string;
}

// A change is kept as JSON where it is one.
function read(text: string): Change | null {
  try {
    const change: unknown = JSON.parse(text);
    return typeof change === "object" && change !== null ? (change as Change) : null;
  } catch {
    return null;
  }
}

function Words({ proposal, change }: { proposal: Schemas["Proposal"]; change: Change | null }) {
  const { say, name } = useWords();
  const roles = useRoles();
  switch (proposal.kind) {
    case "settings.approval_mode":
      return <>{name("mode", proposal.change)}</>;
    case "roles.grant":
      return (change?.roles ?? []).map((one) => (
        <Text key={`${one.role}${one.agent}`}>{roles.text(one.role)} · {one.agent === "*" ? say("review.everywhere") : <AgentName id={one.agent} />}</Text>
      ));
    case "policy.publish":
      return (
        <>
          <Anchor component={Link} to={`/drafts/${change?.draft ?? ""}`}>{say("change.draft")}</Anchor>
          {change?.effective_at ? ` · ${say("change.at", { at: timeText(change.effective_at) })}` : ""}
        </>
      );
    case "policy.roll_back":
      return <>{say("change.backTo", { number: change?.to ?? "" })}</>;
    case "list.override":
      return (
        <>
          {say(change?.step === "remove" ? "change.off" : "change.on", { value: change?.value ?? "" })}{" "}
          <Anchor component={Link} to={`/lists/${encodeURIComponent(change?.list ?? "")}`}>{change?.list}</Anchor>
          {change?.expires_at ? ` · ${name("field", "expires_at")} ${timeText(change.expires_at)}` : ""}
        </>
      );
  }
}

export function ChangeShown({ proposal }: { proposal: Schemas["Proposal"] }) {
  const { say } = useWords();
  const change = read(proposal.change);
  return (
    <>
      <Text component="div" mt="xs" fw={600}><Words proposal={proposal} change={change} /></Text>
      <details>
        <summary>{say("proposals.change")}</summary>
        <Code block tabIndex={0} mah={320} style={{ overflow: "auto" }}>{change === null ? proposal.change : JSON.stringify(change, null, 2)}</Code>
      </details>
    </>
  );
}
