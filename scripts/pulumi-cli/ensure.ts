import { type Declined, type Environment, type PulumiCli, type Way } from "./cli";
import { officialDownload } from "./download";
import { goBuild, minimumGoVersion } from "./go-build";
import { onPath } from "./on-path";
import type { Progress } from "../report/progress";
import { progressOn } from "../report/progress";
import { inVersionsFolder } from "./versions-folder";

export interface EnsureOptions {
  /** Where PATH, PULUMI_HOME and the like are read. Default: the environment of this process. */
  env?: Environment;
  /** Default: on standard error. */
  progress?: Progress;
  /** The ways to try, in order. Default: the PATH, the versions folder, the official download, a Go build. */
  ways?: readonly Way[];
}

/** From what is there already to what takes minutes. */
export const defaultWays: readonly Way[] = [onPath, inVersionsFolder, officialDownload, goBuild];

/** Makes sure that there is a Pulumi CLI that can run dynamic resources, and says where. */
export async function ensurePulumi(options: EnsureOptions = {}): Promise<PulumiCli> {
  const { env = process.env, progress = progressOn(process.stderr), ways = defaultWays } = options;
  const failures: string[] = [];
  for (const [index, way] of ways.entries()) {
    const answer = await way.find(env, progress).catch(declinedBy);
    if ("path" in answer) return answer;
    failures.push(`from ${way.name}: ${answer.because}`);
    // After the last way everything is said at once, by the error.
    if (!answer.ordinary && index < ways.length - 1) {
      progress.note(`No Pulumi CLI from ${way.name}: ${answer.because}.`);
    }
  }
  throw new Error(
    `There is no usable Pulumi CLI (${failures.join("; ")}): install it as https://www.pulumi.com/docs/install/ ` +
      `says, or put Go ${minimumGoVersion} or later on the PATH so that it can be built, and run this again.`,
  );
}

function declinedBy(error: unknown): Declined {
  return { because: error instanceof Error ? error.message : String(error) };
}
