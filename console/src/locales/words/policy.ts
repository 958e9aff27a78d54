// Words of policy: Chinese, English. Read through catalogue.ts.
import type { Pairs } from "../pairs";

export const policy = {
} as const satisfies Pairs;
