// A short list of alerts as lines: severity, subject, what is suspected, how much. Used by the first page and by the pages
// of merchants and terminals.
import { Anchor, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { get, type Query, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { moneyText, timeText } from "../../ui/format";
import { useRuleWords } from "../../ui/rule_words";
import { Failure, Loading } from "../../ui/states";
import { Whole } from "../../ui/whole";
import { SeverityBadge, subjectText } from "./alerts";

export function AlertLine({ alert }: { alert: Schemas["Alert"] }) {
  const { name, language } = useWords();
  const rule = useRuleWords();
  return (
    <div>
      <SeverityBadge severity={alert.severity} />{" "}
      <Anchor component={Link} to={`/alerts/${alert.id}`}>{subjectText(alert)}</Anchor>{" "}
      <Text span size="sm">{rule(alert.rule, alert.typology)} · <Whole text={moneyText(alert.amount, language)} /> · <Whole text={timeText(alert.last_at)} />{alert.state !== "open" && ` · ${name("alerts.state", alert.state)}`}</Text>
    </div>
  );
}

export function AlertLines({ query }: { query: Query }) {
  const { say } = useWords();
  const alerts = useQuery({ queryKey: ["alerts", "lines", query], queryFn: () => get("/desk/alerts", { query: { ...query, limit: 10 } }) });
  if (alerts.error) return <Failure error={alerts.error} again={() => void alerts.refetch()} />;
  if (!alerts.data) return <Loading />;
  if (alerts.data.items.length === 0) return <Text c="dimmed">{say("state.none")}</Text>;
  return <Stack gap="xs">{alerts.data.items.map((alert) => <AlertLine key={alert.id} alert={alert} />)}</Stack>;
}
