import { readFileSync } from "node:fs";
import { StewardError } from "../protocol/errors.ts";

/** What Node puts in the place of bytes that are no text; it may also have been typed. */
const stead = "\u{fffd}";

/**
 * Refuses arguments whose bytes are not UTF-8: Node has replaced them already, so that something else would be sent.
 * @throws StewardError usage
 */
export function assertTextArguments(argv: readonly string[]): void {
  if (!argv.some((word) => word.includes(stead))) return;
  const bytes = textsOf("/proc/self/cmdline").slice(-argv.length);
  for (const [index, word] of argv.entries()) {
    if (word.includes(stead)) assertText(bytes[index], nameOf(word, argv[index - 1] ?? "", index + 1), "usage");
  }
}

/** Not with the value of an option, which may be a password, or the address of a broker with one in it. */
function nameOf(word: string, before: string, number: number): string {
  const [option] = /^(?:--[a-z][a-z-]*|-s)/.exec(word.startsWith("-") ? word : before) ?? [];
  if (option !== undefined) return `the value of ${option}`;
  return `argument ${number}, ${JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}…` : word)},`;
}

/** As `assertTextArguments`, for the value of an environment variable. @throws StewardError badSettings */
export function assertTextVariable(name: string, value: string): void {
  if (!value.includes(stead)) return;
  const entry = textsOf("/proc/self/environ").find((one) =>
    one.subarray(0, name.length + 1).equals(Buffer.from(`${name}=`)),
  );
  assertText(entry, name, "badSettings");
}

function assertText(bytes: Buffer | undefined, what: string, code: "usage" | "badSettings"): void {
  if (bytes?.equals(Buffer.from(bytes.toString())) === true) return;
  const doubt = bytes === undefined ? "holds U+FFFD, or bytes that are not UTF-8, which look so here" : "is not UTF-8";
  const wayOut = code === "usage" ? "; a shell line on the node can make such bytes, with $(printf '\\374')" : "";
  throw new StewardError(code, `${what} ${doubt}, and would arrive as something else: write it in UTF-8${wayOut}`);
}

/** The texts that end with a zero byte; none where there is no such file. */
function textsOf(path: string): Buffer[] {
  try {
    const bytes = readFileSync(path, "latin1");
    return bytes
      .split("\0")
      .slice(0, -1)
      .map((text) => Buffer.from(text, "latin1"));
  } catch {
    return [];
  }
}
