// The frame around every page: the way in for strangers, navigation by right for everybody else. Used by main.tsx. What
// a menu hides the desk refuses anyway.
import { AppShell, Burger, Button, Group, NavLink, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { Link, Navigate, Route, Routes, useLocation } from "react-router";
import { get, remove } from "../api/client";
import { AccountsPage } from "../features/access/accounts";
import { Arrival, Enrolment, SecondFactor, SignIn } from "../features/access/coming_in";
import { OwnAccountPage } from "../features/access/own_account";
import { ProposalsPage } from "../features/access/proposals";
import { AlertPage } from "../features/findings/alert";
import { AlertsPage } from "../features/findings/alerts";
import { HomePage } from "../features/home/home";
import { EntityListPage, EntityPage } from "../features/registry/entities";
import type { Key } from "../locales/zh";
import { useWords } from "../locales/words";
import { useSession } from "../ui/session";

const places: { path: string; word: Key; right: string | null }[] = [
  { path: "/", word: "nav.home", right: null },
  { path: "/alerts", word: "nav.alerts", right: "alerts.read" },
  { path: "/merchants", word: "nav.merchants", right: "registry.read" },
  { path: "/terminals", word: "nav.terminals", right: "registry.read" },
  { path: "/agents", word: "nav.agents", right: "registry.read" },
  { path: "/proposals", word: "nav.proposals", right: "proposals.read" },
  { path: "/accounts", word: "nav.accounts", right: "accounts.read" },
  { path: "/account", word: "nav.own", right: null },
];

function LanguageButton() {
  const { say, language, choose } = useWords();
  return (
    <Button variant="subtle" size="compact-sm" onClick={() => choose(language === "zh" ? "en" : "zh")}>
      {say("app.language")}
    </Button>
  );
}

function Outside() {
  const { session } = useSession();
  const location = useLocation();
  const [token, setToken] = useState(location.pathname === "/first-run" ? location.hash.slice(1) : "");
  const done = () => {
    setToken("");
    window.history.replaceState(null, "", "/");
  };
  let room = <SignIn />;
  if (session.state === "factor_needed") room = <SecondFactor />;
  if (session.state === "enrol_factor") room = <Enrolment />;
  if (session.state === "none" && token !== "") room = <Arrival token={token} onDone={done} />;
  return (
    <main>
      <Group justify="flex-end" p="xs">
        <LanguageButton />
      </Group>
      {room}
    </main>
  );
}

export function Shell() {
  const { say } = useWords();
  const { session, keep, may } = useSession();
  const location = useLocation();
  const [opened, { toggle, close }] = useDisclosure();
  if (session.state !== "signed_in") return <Outside />;
  const signOut = async () => {
    await remove("/desk/session");
    keep(await get("/desk/session"));
  };
  const here = (path: string) => (path === "/" ? location.pathname === "/" : `${location.pathname}/`.startsWith(`${path}/`));
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 190, breakpoint: "sm", collapsed: { mobile: !opened } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={say("app.menu")} />
            <Text fw={700} component="span">{say("app.name")}</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" visibleFrom="sm">{session.account?.shown_name}</Text>
            <LanguageButton />
            <Button variant="default" size="compact-sm" onClick={() => void signOut()}>{say("app.signOut")}</Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        {places.filter((place) => place.right === null || may(place.right)).map((place) => (
          <NavLink key={place.path} component={Link} to={place.path} label={say(place.word)} active={here(place.path)}
            aria-current={here(place.path) ? "page" : undefined} onClick={close} />
        ))}
      </AppShell.Navbar>
      <AppShell.Main>
        <Routes>
          <Route path="/" element={<HomePage />} />
          <Route path="/alerts" element={<AlertsPage />} />
          <Route path="/alerts/:id" element={<AlertPage />} />
          {(["merchants", "terminals", "agents"] as const).map((kind) => (
            <Route key={kind} path={`/${kind}`}>
              <Route index element={<EntityListPage key={kind} kind={kind} />} />
              <Route path=":id" element={<EntityPage key={kind} kind={kind} />} />
            </Route>
          ))}
          <Route path="/accounts" element={<AccountsPage />} />
          <Route path="/proposals" element={<ProposalsPage />} />
          <Route path="/account" element={<OwnAccountPage />} />
          <Route path="*" element={<Navigate to="/" replace />} />
        </Routes>
      </AppShell.Main>
    </AppShell>
  );
}
