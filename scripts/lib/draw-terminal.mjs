// Draws what was typed and printed on a terminal, from stdin, as an SVG on stdout. Lines that begin with `$ ` were typed.
import { text } from "node:stream/consumers";

const [fontSize, lineHeight, padding, bar] = [14, 20, 16, 28];
const charWidth = fontSize * 0.602; // the width of common monospaced fonts

const lines = (await text(process.stdin)).trimEnd().split("\n");
const width = Math.ceil(2 * padding + charWidth * Math.max(...lines.map(({ length }) => length)));
const height = bar + 2 * padding + lineHeight * (lines.length - 1) + fontSize;

console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>A terminal: ${escaped(lines[0])}, and what it prints</title>
<style>
text { font: ${fontSize}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d0d7de; white-space: pre; }
.typed { fill: #ffffff; font-weight: bold; }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#1b1f24"/>
${["#ff5f57", "#febc2e", "#28c840"].map((fill, at) => `<circle cx="${padding + 4 + at * 18}" cy="16" r="5" fill="${fill}"/>`).join("")}
${lines.map((line, at) => drawn(line, bar + padding + fontSize + lineHeight * at - 4)).join("\n")}
</svg>`);

/** @param {string} line @param {number} y */
function drawn(line, y) {
  const mark = line.startsWith("$ ") ? ' class="typed"' : "";
  return `<text x="${padding}" y="${y}"${mark} xml:space="preserve">${escaped(line)}</text>`;
}

/** @param {string} line */
function escaped(line) {
  return line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
