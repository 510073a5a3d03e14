import { join } from "node:path";
import type { ViteUserConfig } from "vitest/config";
import { SummaryReporter } from "./test/support/summary-reporter.ts";

/** The folders of test/, and how many seconds a single test may take in each. */
const suites = { unit: 5, integration: 30, cli: 30, compat: 180, faults: 180 };

const config: ViteUserConfig = {
  test: {
    // Tests start servers and kill them: each file has a process of its own, whose signals and crashes stay there.
    pool: "forks",
    maxWorkers: 2,
    // Whoever runs the tests may have a configuration and contexts, which must not lead them anywhere.
    env: { XDG_CONFIG_HOME: join(import.meta.dirname, "node_modules/.cache/no-configuration") },
    hookTimeout: 30_000,
    reporters: ["default", new SummaryReporter()],
    projects: Object.entries(suites).map(([name, seconds]) => ({
      extends: true,
      test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: seconds * 1000 },
    })),
  },
};

export default config;
