import { backlog } from "./backlog.ts";
import { budget } from "./budget.ts";
import { consumers } from "./consumers.ts";
import { fanOut } from "./fan-out.ts";
import { history } from "./history.ts";
import { idle } from "./idle.ts";
import { memory } from "./memory.ts";
import { messages } from "./messages.ts";
import { plain } from "./plain.ts";
import { programs } from "./programs.ts";
import type { Suite } from "./result.ts";

/** All suites, in the order of the report. */
export const suites: readonly Suite[] = [
  plain,
  messages,
  programs,
  budget,
  backlog,
  fanOut,
  consumers,
  memory,
  idle,
  history,
];

/** The suites of a run without names. */
export const usual: readonly Suite[] = [plain, messages, programs];
