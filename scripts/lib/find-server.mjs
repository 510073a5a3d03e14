// Prints which nats-server Steward runs here, after fetching one if there is none.
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: ["src/broker/server/find.ts"],
  bundle: true,
  format: "esm",
  platform: "node",
  write: false,
});
const { findServer } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
const { path, version } = await findServer({ say: (line) => console.error(`– ${line}`) });
console.log(`${version}, ${path}`);
