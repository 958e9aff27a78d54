// Named values side by side; the names are quiet, the values are not. Used by the pages of single things.
import { SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";

export function Facts({ facts, cols = 4 }: { facts: readonly (readonly [string, ReactNode])[]; cols?: number }) {
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: cols }} spacing="xs" m={0}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed">{name}</Text>
          <Text component="dd" m={0} style={{ overflowWrap: "anywhere" }}>{value}</Text>
        </div>
      ))}
    </SimpleGrid>
  );
}
