/** What an example's README tells its reader to do, so that a test can do just that. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The commands in the shell blocks of a section, a line each, without comments. */
export function commandsUnder(heading: string, readme: string): string[] {
  const [, section] = readme.split(new RegExp(`^## ${heading}$`, "m"));
  if (section === undefined) throw new Error(`The README has no section "${heading}".`);
  const blocks = [...section.split(/^## /m)[0]!.matchAll(/^```sh\n([^]*?)^```$/gm)];
  return blocks
    .flatMap(([, text]) => text!.split("\n"))
    .map((line) => line.replace(/ # .*/, ""))
    .filter((line) => line !== "");
}

/** One command, in the project's folder; what Pulumi's own CLI would do is left to the caller. */
export async function follow(
  command: string,
  folder: string,
  configure: (entries: Record<string, string>) => Promise<void>,
): Promise<void> {
  const [, path, value] = /^pulumi config set (?:--path )?'?([^' ]+)'? (\S+)$/.exec(command) ?? [];
  if (path !== undefined) return configure({ [path]: value! });
  // The program runs in this process.
  const [, name, exported] = /^export (\w+)=(\S+)$/.exec(command) ?? [];
  if (name !== undefined) return void (process.env[name] = exported);
  await promisify(execFile)("sh", ["-e", "-c", command], { cwd: folder });
}
