import { statSync, type Stats } from "node:fs";

/** The path of the folder in which this process was started; `/` if the folder no longer existed. */
const folder = nameOfFolder();

/**
 * The path of the folder in which programs must start; undefined if programs start in this folder without a setting. If
 * the folder of a running process is removed or replaced, the process stays in the old folder. Programs must start in
 * the folder that has this path now.
 */
export function startFolder(): string | undefined {
  const [here, there] = [statOf("."), statOf(folder)];
  return here !== undefined && here.ino === there?.ino && here.dev === there.dev ? undefined : folder;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function nameOfFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}
