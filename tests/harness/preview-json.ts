/** What `pulumi preview --json` writes, of an inline program on the real engine. */
import type { PreviewOptions, PulumiFn } from "@pulumi/pulumi/automation";

import type { TestStack } from "./stack";

/** The part of the Automation API's command that its types leave out. */
interface Command {
  run(args: string[], cwd: string, env: object, onOutput?: (text: string) => void): Promise<unknown>;
}

/**
 * The document that the engine writes, also of a preview that fails. `--show-sames` and `--show-replacement-steps` are on
 * unless `sames` is false; `replace` holds the URNs of resources.
 */
export async function previewJson(
  { stack }: TestStack,
  program: PulumiFn,
  options: Pick<PreviewOptions, "replace"> & { sames?: boolean } = {},
): Promise<string> {
  const { sames = true, ...rest } = options;
  const { workspace } = stack;
  const command = workspace.pulumiCommand as unknown as Command;
  const shared = command.run.bind(command);
  const written: string[] = [];
  // The Automation API has no option for it, and throws away what a preview that fails has written.
  command.run = (args, cwd, env) => {
    const own =
      args[0] === "preview" ? ["--json", ...(sames ? ["--show-sames", "--show-replacement-steps"] : [])] : [];
    return shared([...args, ...own], cwd, env, (text) => written.push(text));
  };
  let failure: unknown;
  try {
    await stack.preview({ program, ...rest });
  } catch (error) {
    failure = error;
  } finally {
    Reflect.deleteProperty(command, "run");
  }
  const json = written.join("");
  // A document that is no document says why in what the engine wrote beside it.
  if (!json.trimStart().startsWith("{")) throw new Error(`No JSON came: ${json}`, { cause: failure });
  JSON.parse(json);
  return json;
}
