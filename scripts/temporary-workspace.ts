import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import type { ProjectSettings, StackSettings } from "@pulumi/pulumi/automation";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import * as settings from "@pulumi/pulumi/runtime/settings";

import type { PulumiCli } from "./find-pulumi";

/**
 * The inline programs of many runs share one process and, by default, its gRPC connections. A program could then reuse a
 * connection to an engine that has exited instead of connecting to the next engine on the same port. The SDK would report
 * success without any resource. So each run gets its own connections. Early versions of the SDK have one object of options.
 */
const { grpcChannelOptions, grpcClientOptions = grpcChannelOptions } = settings as unknown as GrpcOptions;
grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;

type GrpcOptions = Record<"grpcChannelOptions" | "grpcClientOptions", Record<string, unknown>>;

/**
 * Keeps the engine from downloading plugins. Otherwise it asks the registry for each plugin that state names, also for one that
 * it attaches to.
 */
export const downloadsOff = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION";

export interface TemporaryWorkspaceOptions {
  /** The package must resolve from its `main`, an absolute path, because the engine runs dynamic providers there. */
  project: ProjectSettings;
  /** Settings of stacks, by name. */
  stacks?: Readonly<Record<string, StackSettings>>;
  /** In addition to the environment of this process. */
  env?: Readonly<Record<string, string>>;
}

export interface TemporaryWorkspace {
  workspace: LocalWorkspace;
  folder: string;
  remove(): Promise<void>;
}

/** A workspace with its stacks, settings and Pulumi home in one temporary folder. */
export async function temporaryWorkspace(
  cli: PulumiCli,
  options: TemporaryWorkspaceOptions,
): Promise<TemporaryWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), `${options.project.name}-`));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await disableLogs(folder);
    return { workspace: await openWorkspace(folder, cli, options), folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A workspace in an existing folder, for example one in which another process has created stacks. */
export async function openWorkspace(
  folder: string,
  cli: PulumiCli,
  { project, stacks, env }: TemporaryWorkspaceOptions,
): Promise<LocalWorkspace> {
  return LocalWorkspace.create({
    pulumiCommand: await commandOf(cli),
    projectSettings: project,
    ...(stacks && { stackSettings: stacks }),
    workDir: folder,
    pulumiHome: pulumiHome(folder),
    envVars: {
      PATH: `${cli.binDir}${delimiter}${process.env.PATH}`,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "temporary",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
      [downloadsOff]: "true",
      ...env,
    },
  });
}

const pulumiHome = (folder: string): string => join(folder, ".pulumi-home");

/**
 * The CLI writes all that it does to an encrypted file in the folder `logs`, which takes 8 % of the processor time of a
 * run and has no setting. A file in the folder's place keeps it from doing so. Nobody reads the logs of a temporary folder.
 */
async function disableLogs(folder: string): Promise<void> {
  await mkdir(pulumiHome(folder));
  await writeFile(join(pulumiHome(folder), "logs"), "");
}

/** The settings in the Pulumi.yaml of a folder. */
export async function readProjectSettings(folder: string, cli: PulumiCli): Promise<ProjectSettings> {
  const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: await commandOf(cli) });
  return workspace.projectSettings();
}

/** By root, because each `get` starts the CLI for its version. */
const commands = new Map<string | undefined, Promise<PulumiCommand>>();

function commandOf({ root }: PulumiCli): Promise<PulumiCommand> {
  const command = commands.get(root) ?? PulumiCommand.get({ ...(root && { root }) });
  commands.set(root, command);
  return command;
}
