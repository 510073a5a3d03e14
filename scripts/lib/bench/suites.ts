import { backlog } from "./backlog.ts";
import { budget } from "./budget.ts";
import { fanOut } from "./fan-out.ts";
import { history } from "./history.ts";
import { idle } from "./idle.ts";
import { memory } from "./memory.ts";
import { messages } from "./messages.ts";
import { plain } from "./plain.ts";
import { programs } from "./programs.ts";
import type { Suite } from "./result.ts";

/** All that can be measured, in the order in which it is reported. */
export const suites: readonly Suite[] = [plain, messages, programs, budget, backlog, fanOut, memory, idle, history];

/** What a run measures that names nothing. */
export const usual: readonly Suite[] = [plain, messages, programs];
