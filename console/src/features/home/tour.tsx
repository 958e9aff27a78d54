// A short tour for whoever comes for the first time: three steps on the first page, until they are put away. Used by the
// home page. That it was put away is kept in this browser, for each account.
import { Anchor, Button, Card, Group, List, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { Key } from "../../locales/catalogue";
import { useWords } from "../../locales/words";
import { useSession } from "../../ui/session";

const steps: { word: Key; to: string; right: string }[] = [
  { word: "tour.alerts", to: "/alerts", right: "alerts.read" },
  { word: "tour.decisions", to: "/decisions?fired=true", right: "decisions.read" },
  { word: "tour.registry", to: "/merchants", right: "registry.read" },
  { word: "tour.colleagues", to: "/accounts", right: "accounts.manage" },
];

export function Tour() {
  const { say } = useWords();
  const { session, may } = useSession();
  const stored = `tillwatch-tour-${session.account?.id ?? ""}`;
  const [away, setAway] = useState(() => localStorage.getItem(stored) !== null);
  const mine = steps.filter((step) => may(step.right));
  if (away || mine.length === 0) return null;
  const put = () => {
    localStorage.setItem(stored, "seen");
    setAway(true);
  };
  return (
    <Card withBorder>
      <Group justify="space-between" align="start" wrap="nowrap">
        <Title order={2} size="h5">{say("tour.title")}</Title>
        <Button size="xs" variant="default" onClick={put}>{say("tour.done")}</Button>
      </Group>
      <Text size="sm" mb="xs">{say("tour.text")}</Text>
      <List type="ordered" size="sm">
        {mine.map((step) => <List.Item key={step.to}><Anchor component={Link} to={step.to}>{say(step.word)}</Anchor></List.Item>)}
      </List>
    </Card>
  );
}
