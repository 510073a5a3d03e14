interface Connections {
  readonly connections: readonly { readonly start: string }[];
  readonly total: number;
}

/** When the open connections of a broker were made, by its clock, in milliseconds since 1970, in order. */
export async function connectionStarts(monitor: string): Promise<number[]> {
  const starts: number[] = [];
  for (let total = 1; starts.length < total;) {
    const response = await fetch(`${monitor}/connz?limit=1024&offset=${starts.length}`);
    const page = (await response.json()) as Connections;
    starts.push(...page.connections.map(({ start }) => Date.parse(start)));
    total = page.connections.length === 0 ? 0 : page.total;
  }
  return starts.toSorted((a, b) => a - b);
}
