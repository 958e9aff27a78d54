// How the program stands: whether engine, journal, relay, pages and disk keep up, in words first and in numbers below. Used by
// the shell's routes; asks again every five seconds.
import { Alert, Card, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { useWords } from "../../locales/words";
import { Facts } from "../../ui/facts";
import { bytesText, timeText } from "../../ui/format";
import { Failure, Loading } from "../../ui/states";

const again = 5_000;

export function HealthPage() {
  const { say, name } = useWords();
  const health = useQuery({ queryKey: ["health"], queryFn: () => get("/desk/health"), refetchInterval: again });
  if (health.error) return <Failure error={health.error} again={() => void health.refetch()} />;
  if (!health.data) return <Loading />;
  const now = health.data;
  const bytes = (value: number | null) => (value === null ? say("state.none") : bytesText(value));
  return (
    <Stack>
      <Title order={1} size="h3">{say("nav.health")}</Title>
      {now.trouble === null ? <Text role="status" fw={600}>✓ {say("health.ok")}</Text> : (
        <Alert color="red" role="alert" title={say("health.trouble", { since: timeText(now.trouble_since) })}><Text>{name("trouble", now.trouble)}</Text></Alert>
      )}
      <Card withBorder>
        <Facts facts={[
          [`${say("health.engine")} · ${say("health.engineAt")}`, timeText(now.engine.last_turn_at) || say("state.none")],
          [say("health.journal"), now.journal.last_durable.toLocaleString("en")],
          [say("health.relay"), String(now.relay.waiting)],
          [say("health.behind"), String(now.projector.behind)],
          [say("health.oldest"), timeText(now.projector.oldest_decision_at) || say("state.none")],
          [say("health.newest"), timeText(now.projector.newest_decision_at) || say("state.none")],
          [say("health.database"), `${now.database.kind} ${now.database.version}`],
          [say("health.databaseSize"), bytes(now.database.bytes)],
          [say("health.schema"), String(now.database.schema)],
          [say("health.disk"), `${bytes(now.disk.bytes)} · ${say("health.free", { free: bytes(now.disk.free_bytes) })}`],
          [say("health.version"), now.version],
          [say("health.started"), timeText(now.started_at)],
        ]} />
      </Card>
    </Stack>
  );
}
