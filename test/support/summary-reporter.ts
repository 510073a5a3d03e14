import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Ends the run with a line of its own, `N passed, N failed, N skipped`, in tests. What broke outside a test (a file that
 * does not load, a hook, a stray error) counts as one failed test each, and so does a test that never came to its end.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: strayErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      for (const group of [module, ...module.children.allSuites()]) count.failed += Math.min(group.errors().length, 1);
    }
    const line = `${count.passed} passed, ${count.failed + count.pending} failed, ${count.skipped} skipped\n`;
    // Only now does nothing follow, not even the runner's complaint about a handle that keeps it from ending.
    process.once("exit", () => process.stdout.write(line));
  }
}
