import { statSync, type Stats } from "node:fs";

/** Where this process was started; a folder that is gone by then is as good as none. */
const folder = nameOfFolder();

/**
 * Where programs are to start, by its name, when that is not where they start by themselves: a process stays in the
 * folder that it was started in when that is removed, or replaced by another one of that name.
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
