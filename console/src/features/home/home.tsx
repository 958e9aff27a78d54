// The first page: what needs me, with a number and a way to each; the gravest alerts; what waits for a second person; how the
// day goes. Used by the shell. Shows only what the reader may open.
import { Anchor, Card, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { get, type Schemas } from "../../api/client";
import { useWords } from "../../locales/words";
import { Reason } from "../../ui/server_words";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { Subject } from "../../ui/subject";
import { AlertLine } from "../findings/alert_lines";
import { Figures } from "./figures";
import styles from "./home.module.css";
import { Tour } from "./tour";

const shown = 10; // a list of more names than this is not worked
const again = 15_000;

export function HomePage() {
  const { say } = useWords();
  const { session, may } = useSession();
  const home = useQuery({ queryKey: ["home"], queryFn: () => get("/desk/home"), refetchInterval: again });
  return (
    <Stack>
      <Title order={1} size="h3">{say("home.greeting", { name: session.account?.shown_name ?? "" })}</Title>
      <Tour />
      {home.error && <Failure error={home.error} again={() => void home.refetch()} />}
      {home.isPending && <Loading />}
      {home.data && <Needs home={home.data} />}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {may("alerts.read") && <Alerts />}
        <Stack>
          {home.data && <Figures home={home.data} />}
          {may("proposals.read") && <Waiting />}
        </Stack>
      </SimpleGrid>
    </Stack>
  );
}

function Needs({ home }: { home: Schemas["Home"] }) {
  const { say } = useWords();
  const needs: [string, number, string][] = [];
  if (home.alerts !== null) {
    needs.push([say("home.open"), home.alerts.open.reduce((sum, one) => sum + one.count, 0), "/alerts"]);
    needs.push([say("home.mine"), home.alerts.mine, "/alerts?assignee=me"]);
    needs.push([say("home.due"), home.alerts.snoozed_due, "/alerts?state=snoozed"]);
  }
  if (home.proposals !== null) {
    needs.push([say("home.decide"), home.proposals.to_decide, "/proposals"]);
    needs.push([say("home.ratify"), home.proposals.to_ratify, "/proposals?state=consumed"]);
  }
  if (home.accounts !== null && home.accounts.dormant_soon > 0) needs.push([say("home.resting"), home.accounts.dormant_soon, "/accounts"]);
  if (needs.length === 0) return null;
  return (
    <div className={styles.needs}>
      {needs.map(([words, count, to]) => (
        <Card key={to} withBorder padding="xs" className={styles.need ?? ""}>
          <Text size="sm">{words}</Text>
          <Anchor component={Link} to={to} size="xl" fw={700} aria-label={`${words}: ${count}`}>{count}</Anchor>
        </Card>
      ))}
    </div>
  );
}

function Alerts() {
  const { say } = useWords();
  const alerts = useQuery({
    queryKey: ["alerts", "home"],
    queryFn: () => get("/desk/alerts", { query: { state: "open", order: "severity", limit: shown } }),
    refetchInterval: again,
  });
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("home.alerts")}</Title>
      {alerts.error && <Failure error={alerts.error} again={() => void alerts.refetch()} />}
      {alerts.isPending && <Loading />}
      {alerts.data?.items.length === 0 && <Text c="dimmed">{say("home.nothing")}</Text>}
      <Stack gap="xs">{alerts.data?.items.map((alert) => <AlertLine key={alert.id} alert={alert} />)}</Stack>
      {alerts.data?.next && <Anchor component={Link} to="/alerts" mt="xs">{say("state.more")}</Anchor>}
    </Card>
  );
}

function Waiting() {
  const { say, name } = useWords();
  const waiting = useQuery({
    queryKey: ["proposals", "home"],
    queryFn: () => get("/desk/proposals", { query: { state: "open", limit: shown } }),
  });
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">{say("home.proposals")}</Title>
      {waiting.error && <Failure error={waiting.error} again={() => void waiting.refetch()} />}
      {waiting.isPending && <Loading />}
      {waiting.data?.items.length === 0 && <Text c="dimmed">{say("home.nothing")}</Text>}
      {waiting.data?.items.map((one) => (
        <Text key={one.id}>
          <Anchor component={Link} to="/proposals">{name("changeKind", one.kind)}</Anchor> · <Subject text={one.target} />: <Reason text={one.reason} />
        </Text>
      ))}
    </Card>
  );
}
