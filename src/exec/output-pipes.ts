import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { takeFifo } from "./fifos.ts";

/**
 * A pipe for one output stream of a run. `reader` returns the bytes that the program writes into `writer`. `writer` is
 * a descriptor. An opened writer is given to the program. An unopened writer is opened by another process, as
 * `/proc/PID/fd/N`.
 */
interface OutputPipe {
  readonly reader: Socket;
  readonly writer: number;
}

/** The pipes of one run. The caller must call either `given` or `discard`, once. */
export interface OutputPipes {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  /** Call this when the program has its ends of the pipes. */
  readonly given: () => void;
  /** Call this if no program received the pipes. */
  readonly discard: () => void;
}

/**
 * Real pipes for a program's output. Node would give sockets to a child, and a program cannot open a socket as
 * /dev/stdout. Each run gets its own pipes, so that a process left over from one run cannot write into the output of
 * the next run.
 * @throws the system's error if no pipe can be made
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

/** As `outputPipes`; undefined if no pipes can be made. */
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

/**
 * A pipe to a child. A line in the pipe makes the child continue. The end of the pipe shows the child that this process
 * has ended. Both ends are descriptors.
 */
export interface SignalPipe {
  readonly reader: number;
  readonly writer: number;
}

/** @throws the system's error if no pipe can be made */
export function signalPipe(): SignalPipe {
  // The writer is opened for reading too, because opening it only for writing would fail without a reader.
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

/** Returns one end of a pipe, and the descriptor with which the other end can be opened. */
function openOne(flags: number): [number, number] {
  const fifo = takeFifo();
  try {
    return [openSync(`/proc/self/fd/${fifo}`, flags), fifo];
  } catch (error) {
    closeSync(fifo);
    throw error;
  }
}
