import manifest from "../../package.json" with { type: "json" };

/** Steward's own version. */
export const version: string = manifest.version;
