/** The average width of a character of the labels, in pixels. */
export const characterWidth = 6.8;

/** Legible on white and on black. */
export const lineColours = ["#2f7de1", "#d9730d", "#1a9a6c", "#a457e0", "#d6405c", "#0e93ad"] as const;
export const verdictColours = { met: "#1a9a6c", missed: "#d6405c", none: "#7d8590" } as const;

const [ink, grid, paper] = ["#24292f", "#d8dee4", "#ffffff"];

/** Light colours are attributes, which every viewer knows; dark ones are in a style, which takes precedence. */
const dark = `@media (prefers-color-scheme: dark) {
  .paper { fill: #0d1117 }
  .ink { fill: #d1d7e0 }
  .grid { stroke: #30363d }
  .axis { stroke: #8b949e }
}`;

/** A whole picture, for `<img>`: it has its own background, since it cannot know that of the page. */
export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<style>${dark}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="6" fill="${paper}"/>`,
    text(16, 25, title, { size: 15 }),
    ...parts,
    "</svg>",
  ].join("\n")}\n`;
}

interface TextLook {
  readonly anchor?: "start" | "middle" | "end";
  readonly size?: number;
  /** The default is the colour of the page's text. */
  readonly colour?: string;
}

export function text(x: number, y: number, words: string, { anchor = "start", size, colour }: TextLook = {}): string {
  const look = colour === undefined ? `class="ink" fill="${ink}"` : `fill="${colour}"`;
  const inSize = size === undefined ? "" : ` font-size="${size}"`;
  return `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}" ${look}${inSize}>${escaped(words)}</text>`;
}

type Place = readonly [x: number, y: number];

export function gridLine(from: Place, to: Place): string {
  return straight(from, to, `class="grid" stroke="${grid}"`);
}

export function axisLine(from: Place, to: Place): string {
  return straight(from, to, `class="axis" stroke="#6e7781"`);
}

export function colouredLine(from: Place, to: Place, colour: string, width = 2): string {
  return straight(from, to, `stroke="${colour}" stroke-width="${width}"`);
}

export function path(places: readonly Place[], colour: string): string {
  const points = places.map(([x, y]) => `${short(x)},${short(y)}`).join(" ");
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>`;
}

export function dot([x, y]: Place, colour: string, radius = 3): string {
  return `<circle cx="${short(x)}" cy="${short(y)}" r="${radius}" fill="${colour}"/>`;
}

function straight([x1, y1]: Place, [x2, y2]: Place, look: string): string {
  return `<line x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}" ${look}/>`;
}

function short(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
