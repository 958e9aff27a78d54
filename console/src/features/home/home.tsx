// The first page: what needs me. Used by the shell. Shows only what the reader may open.
import { Anchor, Card, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { get } from "../../api/client";
import { useWords } from "../../locales/words";
import { useSession } from "../../ui/session";
import { Failure, Loading } from "../../ui/states";
import { Tour } from "./tour";
import { AlertLine } from "../findings/alert_lines";

const shown = 10; // a list of more names than this is not worked

export function HomePage() {
  const { say } = useWords();
  const { session, may } = useSession();
  return (
    <Stack>
      <Title order={1} size="h3">{say("home.greeting", { name: session.account?.shown_name ?? "" })}</Title>
      <Tour />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {may("alerts.read") && <Alerts />}
        {may("proposals.read") && <Waiting />}
      </SimpleGrid>
    </Stack>
  );
}

function Alerts() {
  const { say } = useWords();
  const alerts = useQuery({
    queryKey: ["alerts", "home"],
    queryFn: () => get("/desk/alerts", { query: { state: "open", order: "severity", limit: shown } }),
    refetchInterval: 15_000,
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
          <Anchor component={Link} to="/proposals">{name("changeKind", one.kind)}</Anchor> · {one.target}: {one.reason}
        </Text>
      ))}
    </Card>
  );
}
