import { statSync, type Stats } from "node:fs";

/** The folder in which this process was started; undefined when it no longer exists. */
const folder = nameOfFolder();

/**
 * The name of the folder in which programs must start, if it differs from where they start anyway. A process stays in
 * the folder in which it was started when that folder is removed, or replaced by another one of the same name.
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
