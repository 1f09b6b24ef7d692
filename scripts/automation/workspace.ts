import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import type { ProjectSettings } from "@pulumi/pulumi/automation";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";

import type { PulumiCli } from "../pulumi-cli";
import "./isolate-grpc-connections";

export interface TemporaryWorkspaceOptions {
  /** Its `main`, absolute, says where the engine runs dynamic providers: the package must resolve from there. */
  project: ProjectSettings;
  /** In addition to the environment of this process. */
  env?: Readonly<Record<string, string>>;
}

export interface TemporaryWorkspace {
  workspace: LocalWorkspace;
  folder: string;
  remove(): Promise<void>;
}

/** A workspace whose stacks, settings and Pulumi home are all in one folder, which goes with it. */
export async function temporaryWorkspace(
  cli: PulumiCli,
  options: TemporaryWorkspaceOptions,
): Promise<TemporaryWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), `${options.project.name}-`));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    return { workspace: await workspaceIn(folder, cli, options), folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The workspace of a folder that there is, for example one that another process has made stacks in. */
export async function workspaceIn(
  folder: string,
  cli: PulumiCli,
  { project, env }: TemporaryWorkspaceOptions,
): Promise<LocalWorkspace> {
  return LocalWorkspace.create({
    pulumiCommand: await commandOf(cli),
    projectSettings: project,
    workDir: folder,
    pulumiHome: join(folder, ".pulumi-home"),
    envVars: {
      PATH: `${cli.binDir}${delimiter}${process.env.PATH}`,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "temporary",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...env,
    },
  });
}

/** What the Pulumi.yaml in a folder says. */
export async function projectSettingsIn(folder: string, cli: PulumiCli): Promise<ProjectSettings> {
  const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: await commandOf(cli) });
  return workspace.projectSettings();
}

const commandOf = ({ root }: PulumiCli): Promise<PulumiCommand> =>
  PulumiCommand.get({ ...(root && { root }) });
