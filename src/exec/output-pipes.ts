import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { takeFifo } from "./fifos.ts";

/** A pipe for one run: what the program writes into `writer`, a descriptor, comes out of `reader`. */
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
export function outputPipes(): OutputPipes {
  const stdout = outputPipe();
  try {
    const stderr = outputPipe();
    const pipes = [stdout, stderr];
    return { stdout, stderr, given: () => pipes.forEach(closeWriter), discard: () => pipes.forEach(discard) };
  } catch (error) {
    discard(stdout);
    throw error;
  }
}

function outputPipe(): OutputPipe {
  const [reader, writer] = openBoth(constants.O_RDONLY | constants.O_NONBLOCK, constants.O_WRONLY);
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
  const fifo = takeFifo();
  const opened: number[] = [];
  try {
    const path = `/proc/self/fd/${fifo}`;
    opened.push(openSync(path, first));
    return [opened[0] ?? -1, openSync(path, second)];
  } catch (error) {
    opened.forEach(closeSync);
    throw error;
  } finally {
    closeSync(fifo);
  }
}
