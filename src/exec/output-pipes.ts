import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { takeFifo } from "./fifos.ts";

/**
 * A pipe for one run: what the program writes into `writer` comes out of `reader`. `writer` is a descriptor, to be handed
 * on or, if the pipes are unopened, to be opened by another process as `/proc/PID/fd/N`.
 */
interface OutputPipe {
  readonly reader: Socket;
  readonly writer: number;
}

/** The pipes of one run. One of `given` and `discard` is to be called, once. */
export interface OutputPipes {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
  /** The program has its ends. */
  readonly given: () => void;
  /** No program got them. */
  readonly discard: () => void;
}

/**
 * Real pipes for a program's output: Node gives a child sockets, and those cannot be opened as /dev/stdout. They are for
 * one run; who still holds them afterwards must not write into the next one's output.
 * @throws an error of the system's when there is none to be had
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

/** As `outputPipes`; undefined where there are none to be had. */
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

/** By which a child is told something, or that this process is gone. Both ends are descriptors. */
export interface SignalPipe {
  readonly reader: number;
  readonly writer: number;
}

/** @throws an error of the system's when there is none to be had */
export function signalPipe(): SignalPipe {
  // The writer reads too, so that it can be opened before anybody else reads.
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

/** One end of a pipe, and the descriptor by which the other end can be opened. */
function openOne(flags: number): [number, number] {
  const fifo = takeFifo();
  try {
    return [openSync(`/proc/self/fd/${fifo}`, flags), fifo];
  } catch (error) {
    closeSync(fifo);
    throw error;
  }
}
