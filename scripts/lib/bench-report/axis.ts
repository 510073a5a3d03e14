/** One axis: its range, and the places of its labels. */
export interface Axis {
  readonly isLog: boolean;
  readonly ticks: readonly number[];
  /** The position of a value on the axis, from 0 to 1. */
  readonly at: (value: number) => number;
}

/** If the highest value is more than this many times the lowest, equal steps would press most points together. */
const worthLog = 50;
const mostLogTicks = 7;
const wantedSteps = 5;

/** An axis for all of the values: from 0 in equal steps, or in equal ratios where they differ by much and none is 0. */
export function axisOf(values: readonly number[]): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low > 0 && high / low >= worthLog ? logAxis(low, high) : linearAxis(Math.min(0, low), Math.max(0, high));
}

function linearAxis(low: number, high: number): Axis {
  const step = roundUp((high - low) / wantedSteps || 1 / wantedSteps);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_nothing, index) => exact((first + index) * step));
  return { isLog: false, ticks, at: between(first * step, last * step) };
}

function logAxis(low: number, high: number): Axis {
  const steps: number[] = [];
  for (let step = roundDown(low); ; step = roundUp(step * 1.1)) {
    steps.push(step);
    if (step >= high) break;
  }
  const [first = low, last = high] = [steps[0], steps.at(-1)];
  const decades = steps.filter((step) => Number.isInteger(exact(Math.log10(step))));
  const along = between(Math.log10(first), Math.log10(last));
  return {
    isLog: true,
    ticks: steps.length > mostLogTicks ? decades : steps,
    at: (value) => along(Math.log10(value)),
  };
}

function between(low: number, high: number): (value: number) => number {
  return (value) => (value - low) / (high - low);
}

/** The lowest of 1, 2, 5, 10, 20, … that is not below the value. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return exact(([1, 2, 5].find((digit) => exact(digit * power) >= exact(value)) ?? 10) * power);
}

/** The highest of them that is not above the value. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return exact(([5, 2, 1].find((digit) => exact(digit * power) <= exact(value)) ?? 1) * power);
}

/** Without the noise in the last digits: 0.3, and not 0.30000000000000004. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

/** A tick's number as short as it can be: `20k` for 20,000. */
export function shortNumber(value: number): string {
  for (const [unit, letter] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (Math.abs(value) >= unit) return `${exact(value / unit)}${letter}`;
  }
  return String(value);
}
