// Whom something can be given to, and who has it already.
import { expect, test } from "vitest";
import { choices } from "./people";

const people = [{ id: "acc_1", shown_name: "Chen", active: true }, { id: "acc_2", shown_name: "Lin", active: false }];
const who = (id: string) => people.find((one) => one.id === id)?.shown_name ?? `…${id.slice(-4)}`;

test("only who is active can be chosen, and who was chosen keeps a name", () => {
  expect(choices(people, [], who)).toEqual([{ value: "acc_1", label: "Chen" }]);
  expect(choices(people, ["acc_2", "acc_1", "acc_2", ""], who)).toEqual([{ value: "acc_1", label: "Chen" }, { value: "acc_2", label: "Lin" }]);
  expect(choices([], ["acc_5678"], who)).toEqual([{ value: "acc_5678", label: "…5678" }]);
});
