import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { CommandChannel } from "./command-channel.ts";
import { outputPipes, type OutputPipes } from "./output-pipes.ts";
import { processStat } from "./process-stat.ts";
import type { Program } from "./program.ts";

/**
 * Waits for a line, or for the end of the process that started it. Then file 5 tells what to become. Until then the
 * shell's own complaints go nowhere; that it cannot become the program it says on the program's stderr, with its name.
 */
const script = `IFS= read -r STEWARD_go && . /proc/self/fd/5 && exec "$@" 0</dev/null 1>&3 2>&4 3>&- 4>&- 5>&-`;

/**
 * A shell in a process group of its own that is started before there is anything to run, and then becomes the program
 * (`exec`). It is not there to interpret anything: what costs most, to fork a process of this one's size, is done when
 * nobody waits for it. It ends by itself when this process does.
 */
export class ReadyShell implements Program {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdout: Socket;
  readonly stderr: Socket;
  /** What stderr begins with if the shell could not become the program. Nobody else knows it. */
  readonly name: string;
  readonly #channel: CommandChannel;

  private constructor(child: ChildProcess, pid: number, name: string, pipes: OutputPipes, channel: CommandChannel) {
    this.child = child;
    this.pid = pid;
    this.name = name;
    this.stdout = pipes.stdout.reader;
    this.stderr = pipes.stderr.reader;
    this.#channel = channel;
    this.#keepAlive("unref");
    child.once("exit", () => channel.close());
  }

  /** Undefined when one cannot be started just now, for whatever reason. */
  static start(env: NodeJS.ProcessEnv): ReadyShell | undefined {
    let pipes: OutputPipes | undefined;
    let channel: CommandChannel | undefined;
    try {
      pipes = outputPipes();
      channel = new CommandChannel();
      const name = `steward-${randomBytes(12).toString("hex")}`;
      const child = spawnShell(name, env, pipes, channel);
      if (child.pid === undefined) throw new Error("the system starts no shell");
      channel.given();
      pipes.given();
      return new ReadyShell(child, child.pid, name, pipes, channel);
    } catch {
      channel?.given();
      channel?.close();
      pipes?.discard();
      return undefined;
    }
  }

  /**
   * Becomes what `text` says: the positional parameters, and what is exported. False when it cannot be told, or was
   * killed while it waited.
   */
  become(text: string): boolean {
    const isTold = this.#isAlive() && this.#channel.tell(text);
    if (isTold) this.#keepAlive("ref");
    return isTold;
  }

  /** Ends it: it is not needed. */
  end(): void {
    this.#channel.close();
    this.stdout.destroy();
    this.stderr.destroy();
  }

  /** Node may not have noticed yet that it was killed. Where the system has no room to tell, it counts as dead. */
  #isAlive(): boolean {
    try {
      return processStat(this.pid)?.alive === true;
    } catch {
      return false;
    }
  }

  #keepAlive(how: "ref" | "unref"): void {
    for (const handle of [this.child, this.stdout, this.stderr]) handle[how]();
  }
}

function spawnShell(name: string, env: NodeJS.ProcessEnv, pipes: OutputPipes, channel: CommandChannel): ChildProcess {
  const { stdout, stderr } = pipes;
  const stdio: StdioOptions = [channel.shellsEnd, "ignore", "ignore", stdout.writer, stderr.writer, channel.file];
  const child = spawn("/bin/sh", ["-c", script, name], { env, detached: true, stdio });
  child.once("error", () => undefined); // it has no pid then
  return child;
}
