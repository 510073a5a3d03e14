import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";
import { onTerminal } from "../support/terminal.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

/** The prompt of a shell, while a command runs in its background, reads each key by itself. */
const prompt = "sleep 2; stty -echo -icanon;";

test.each([
  ["a daemon that is stopped", `steward node left --data-dir "$DIR" 2> "$DIR/log" & ${prompt} kill $!`, 0],
  ["a daemon that logs to it", `steward node left --data-dir "$DIR" & ${prompt} kill $!`, 0],
  ["a command that ends", `steward send ship1 exec -- sleep 3 & ${prompt}`, 0],
  ["a command that is killed", `steward watch & ${prompt} kill $!`, 143],
  ["a command that is interrupted", `steward nodes --watch & ${prompt} kill -INT $!`, 0],
])("O-W7: %s leaves the terminal in the modes that others have set", async (_what, line, code) => {
  const script = `DIR=$(mktemp -d); trap 'rm -r "$DIR"' EXIT
    steward() { exec ${process.execPath} ${program} "$@"; }
    ${line}
    wait $!; echo "ended with $?"; stty -a; stty sane`;
  const { shown } = await onTerminal('bash -c "$SCRIPT"', { NATS_URL: fleet.server.url, SCRIPT: script });
  expect(shown).toContain(`ended with ${code}`);
  expect(shown).toContain(" -echo ");
  expect(shown).toContain("-icanon");
});

test("O-W7: when a question is killed, the terminal has its modes from before", async () => {
  const script = `steward() { exec ${process.execPath} ${program} "$@"; }
    steward nodes forget away < /dev/tty & sleep 2; stty -a | grep -o -- "-icanon"; kill $!; wait $!; echo "ended with $?"; stty -a`;
  await fleet.steward(["send", "away", "ping", "--no-wait"]);
  const { shown } = await onTerminal('bash -c "$SCRIPT"', { NATS_URL: fleet.server.url, SCRIPT: script });
  const [before = "", after = ""] = shown.split("ended with 143");
  expect(before).toContain("-icanon");
  expect(after).toMatch(/ icanon/);
  expect(after).toMatch(/ echo /);
});
