/** Whether each element is closed in its order, and no text holds what XML would take for more. */
export function isWellFormed(svg: string): boolean {
  const open: string[] = [];
  let rest = svg;
  for (const [tag, closes, name = "", ends] of svg.matchAll(/<(\/?)([a-z]+)(?: [a-zA-Z0-9-]+="[^"<&]*")*(\/?)>/g)) {
    rest = rest.replace(tag, "");
    if (closes === "/") {
      if (open.pop() !== name) return false;
    } else if (ends !== "/") open.push(name);
  }
  return open.length === 0 && !/[<>]|&(?!amp;|lt;|gt;)/.test(rest);
}

/** The numbers in all attributes of these names. */
export function attributes(svg: string, ...names: readonly string[]): number[] {
  return names.flatMap((name) =>
    [...svg.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, value]) => Number(value)),
  );
}

export function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}
