// The frame around every page: the way in for strangers, navigation by right for everybody else. Used by main.tsx. What
// a menu hides the desk refuses anyway.
import { Anchor, AppShell, Burger, Button, Group, NavLink, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { Link, Navigate, Route, Routes, useLocation } from "react-router";
import { get, Problem, remove } from "../api/client";
import { Arrival, Enrolment, SecondFactor, SignIn } from "../features/access/coming_in";
import { useWords } from "../locales/words";
import { useSession } from "../ui/session";
import { Failure, Loading } from "../ui/states";
import { RoomBoundary } from "./room_boundary";
import { type Room, rooms } from "./rooms";

const groups = ["nav.group.work", "nav.group.registry", "nav.group.policy", "nav.group.house"] as const;

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
  const [failure, setFailure] = useState<unknown>(null);
  if (session.state !== "signed_in") return <Outside />;
  const signOut = async () => {
    setFailure(null);
    try {
      await remove("/desk/session");
    } catch (error) {
      // Who is not known any more has signed out already.
      if (!(error instanceof Problem) || error.status !== 401) return setFailure(error);
    }
    try {
      keep(await get("/desk/session"));
    } catch (error) {
      setFailure(error);
    }
  };
  const open = rooms.filter((room) => room.right === null || may(room.right));
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 210, breakpoint: "sm", collapsed: { mobile: !opened } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={say("app.menu")} />
            <Anchor href="#content" className="skip" onClick={(event) => { event.preventDefault(); document.getElementById("content")?.focus(); }}>
              {say("nav.skip")}
            </Anchor>
            <Text fw={700} component="span">{say("app.name")}</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" visibleFrom="sm">{session.account?.shown_name}</Text>
            <LanguageButton />
            <Button variant="default" size="compact-sm" onClick={() => void signOut()}>{say("app.signOut")}</Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" style={{ overflowY: "auto" }}>
        <Navigation open={open} close={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {failure !== null && <Failure error={failure} />}
        <RoomBoundary place={location.pathname}>
          <Suspense fallback={<Loading />}>
            <Routes>
              {open.map((room) => <Route key={room.path} path={room.path} element={<room.page />} />)}
              <Route path="*" element={<Navigate to="/" replace />} />
            </Routes>
          </Suspense>
        </RoomBoundary>
      </AppShell.Main>
    </AppShell>
  );
}

function Navigation({ open, close }: { open: Room[]; close: () => void }) {
  const { say } = useWords();
  const location = useLocation();
  const queries = useQueryClient();
  // Who goes where he is already wants to see what others did meanwhile.
  const go = (path: string) => {
    if (location.pathname === path) void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    close();
  };
  const here = (path: string) => (path === "/" ? location.pathname === "/" : `${location.pathname}/`.startsWith(`${path}/`));
  return groups.map((group) => {
    const inside = open.filter((room) => room.group === group);
    if (inside.length === 0) return null;
    return (
      <div key={group}>
        <Text size="xs" c="dimmed" px="xs" mt={2}>{say(group)}</Text>
        {inside.map((room) => (
          <NavLink key={room.path} component={Link} to={room.path} label={say(room.word)} active={here(room.path)} className="nav-line"
            aria-current={here(room.path) ? "page" : undefined} onClick={() => go(room.path)} />
        ))}
      </div>
    );
  });
}
