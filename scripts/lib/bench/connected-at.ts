interface Connections {
  readonly connections: readonly { readonly cid: number; readonly start: string }[];
}

/** When the latest of a broker's connections was made, by the broker's clock, in milliseconds since 1970. */
export async function connectedAt(monitor: string): Promise<number> {
  const response = await fetch(`${monitor}/connz?sort=cid`);
  const { connections } = (await response.json()) as Connections;
  const latest = connections.toSorted((a, b) => a.cid - b.cid).at(-1);
  return Date.parse(latest?.start ?? "");
}
