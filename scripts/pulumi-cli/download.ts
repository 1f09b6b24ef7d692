import { join } from "node:path";
import { cliVersion, type Way } from "./cli";
import { run } from "./run";
import { install } from "./versions-folder";

const host = "get.pulumi.com";
const probeTimeoutMs = 10_000;
const downloadTimeoutMs = 10 * 60_000;

/** The official release, as the Automation API installs it. */
export const officialDownload: Way = {
  name: "the official download",
  async find(env, progress) {
    await probe();
    // In a process of its own: the Automation API has no time limit and no way to stop what it has started.
    const script = join(__dirname, "install-official.js");
    const installed = install(env, "download", (root) =>
      run(process.execPath, [script, root], { env, timeoutMs: downloadTimeoutMs, name: "the installer" }),
    );
    return progress.during(() => `downloading the Pulumi CLI ${cliVersion} from ${host}`, installed);
  },
};

/** Asks the host for a sign of life, since without a network the real download would take minutes to give up. */
async function probe(): Promise<void> {
  const signal = AbortSignal.timeout(probeTimeoutMs);
  const response = await fetch(`https://${host}/install.sh`, { method: "HEAD", signal }).catch(
    (error: unknown) => {
      throw new Error(`${host} cannot be reached (${reasonOf(error)})`);
    },
  );
  if (!response.ok) throw new Error(`${host} answers with status ${response.status}`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer in ${probeTimeoutMs / 1000} s`;
  const { code } = (error.cause ?? {}) as { code?: string };
  return code ?? error.message;
}
