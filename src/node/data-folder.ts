import { mkdir } from "node:fs/promises";
import { messageOf, StewardError } from "../protocol/errors.ts";

/** Makes a node's data folder. @throws StewardError fileUnreadable */
export async function makeDataFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw new StewardError("fileUnreadable", `the data folder cannot be created: ${messageOf(error)}`);
  });
}
