import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { takeFifo } from "./fifos.ts";

/**
 * A pipe for one run: `reader` returns the bytes that the program writes into `writer`. `writer` is a descriptor. It is
 * passed on or, if the pipes are unopened, another process opens it as `/proc/PID/fd/N`.
 */
interface OutputPipe {
  readonly reader: Socket;
  readonly writer: number;
}

/** The pipes of one run. The caller must call either `given` or `discard`, once. */
export interface OutputPipes {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  /** The program has received its ends. */
  readonly given: () => void;
  /** No program received them. */
  readonly discard: () => void;
}

/**
 * Real pipes for a program's output: Node gives a child sockets, and those cannot be opened as /dev/stdout. Each run
 * gets its own pipes, so that a process left over from one run cannot write into the output of the next.
 * @throws an error of the system's when none can be made
 */
function outputPipes(isOpened: boolean): OutputPipes {
  const stdout = outputPipe(isOpened);
  try {
    const stderr = outputPipe(isOpened);
    const pipes = [stdout, stderr];
    return { stdout, stderr, given: () => pipes.forEach(closeWriter), discard: () => pipes.forEach(discard) };
  } catch (error) {
    discard(stdout);
    throw error;
  }
}

/** As `outputPipes`; undefined when none can be made. */
export function outputPipesIfAny(writers: "opened" | "unopened"): OutputPipes | undefined {
  try {
    return outputPipes(writers === "opened");
  } catch {
    return undefined;
  }
}

function outputPipe(isOpened: boolean): OutputPipe {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const [reader, writer] = isOpened ? openBoth(flags, constants.O_WRONLY) : openOne(flags);
  return { reader: new Socket({ fd: reader, readable: true, writable: false }), writer };
}

function closeWriter({ writer }: OutputPipe): void {
  closeSync(writer);
}

function discard(pipe: OutputPipe): void {
  closeWriter(pipe);
  pipe.reader.destroy();
}

/** A pipe that sends a child a signal to go on, or shows it that this process has ended. Both ends are descriptors. */
export interface SignalPipe {
  readonly reader: number;
  readonly writer: number;
}

/** @throws an error of the system's when none can be made */
export function signalPipe(): SignalPipe {
  // The writer is opened for reading too; otherwise opening it would wait for a reader.
  const [writer, reader] = openBoth(constants.O_RDWR | constants.O_NONBLOCK, constants.O_RDONLY);
  return { reader, writer };
}

function openBoth(first: number, second: number): [number, number] {
  const [opened, fifo] = openOne(first);
  try {
    return [opened, openSync(`/proc/self/fd/${fifo}`, second)];
  } catch (error) {
    closeSync(opened);
    throw error;
  } finally {
    closeSync(fifo);
  }
}

/** One end of a pipe, and the descriptor through which the other end can be opened. */
function openOne(flags: number): [number, number] {
  const fifo = takeFifo();
  try {
    return [openSync(`/proc/self/fd/${fifo}`, flags), fifo];
  } catch (error) {
    closeSync(fifo);
    throw error;
  }
}
