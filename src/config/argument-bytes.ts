import { readFileSync } from "node:fs";
import { StewardError } from "../protocol/errors.ts";

/** Node.js replaces bytes that are not UTF-8 with this character. A person may also type this character. */
const replacement = "\u{fffd}";

/**
 * Refuses arguments whose bytes are not UTF-8, because Node.js has already replaced those bytes in `argv`. If the
 * system does not show the original bytes, an argument that contains U+FFFD is refused.
 * @throws StewardError usage
 */
export function assertTextArguments(argv: readonly string[]): void {
  if (!argv.some((word) => word.includes(replacement))) return;
  const bytes = textsOf("/proc/self/cmdline").slice(-argv.length);
  for (const [index, word] of argv.entries()) {
    if (word.includes(replacement)) assertText(bytes[index], nameOf(word, argv[index - 1] ?? "", index + 1), "usage");
  }
}

/**
 * The name of an argument in errors. The name never contains the value of an option, because the value may be a
 * password, or an address with a password.
 */
function nameOf(word: string, before: string, number: number): string {
  const [option] = /^(?:--[a-z][a-z-]*|-s)/.exec(word.startsWith("-") ? word : before) ?? [];
  if (option !== undefined) return `the value of ${option}`;
  return `argument ${number}, ${JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}…` : word)},`;
}

/** As `assertTextArguments`, but for the value of an environment variable. @throws StewardError badSettings */
export function assertTextVariable(name: string, value: string): void {
  if (!value.includes(replacement)) return;
  const entry = textsOf("/proc/self/environ").find((one) =>
    one.subarray(0, name.length + 1).equals(Buffer.from(`${name}=`)),
  );
  assertText(entry, name, "badSettings");
}

function assertText(bytes: Buffer | undefined, what: string, code: "usage" | "badSettings"): void {
  if (bytes?.equals(Buffer.from(bytes.toString())) === true) return;
  const doubt = bytes === undefined ? "contains U+FFFD, or bytes that are not UTF-8" : "is not UTF-8";
  const wayOut = code === "usage" ? ", or let a shell on the node produce the bytes, such as $(printf '\\374')" : "";
  throw new StewardError(code, `${what} ${doubt} and would be changed on the way: write it in UTF-8${wayOut}`);
}

/** The texts in a file in which each text ends with a zero byte. Empty if the file cannot be read. */
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
