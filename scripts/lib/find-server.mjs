// Prints which nats-server Steward uses here; fetches one if necessary.
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: ["src/broker/server/find.ts"],
  bundle: true,
  format: "esm",
  platform: "node",
  write: false,
});
const { findServer } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
const say = (line) => console.error(`– ${line}`);
try {
  const { path, version } = await findServer({ say });
  say(`using nats-server ${version}, ${path}`);
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
