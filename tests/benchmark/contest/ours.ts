/** A stack of this package's programs, each operation measured with all its processes. */
import { stat } from "node:fs/promises";
import { join } from "node:path";

import { Stack } from "@pulumi/pulumi/automation";

import { cleanEnvironment } from "../../clients/python-environment";
import { temporaryWorkspace } from "../../../scripts/automation/workspace";
import type { PulumiCli } from "../../../scripts/pulumi-cli";
import { ensurePulumi } from "../../../scripts/pulumi-cli";
import type { Service } from "../support/service";
import type { Order } from "./child";
import type { Measured } from "./measured";
import { measured } from "./measured";
import type { ProgramName } from "./programs";
import { project } from "./project";

export class Ours {
  private constructor(
    private readonly service: Service,
    private readonly cli: PulumiCli,
    private readonly folder: string,
    private readonly program: ProgramName,
    private readonly args: readonly string[],
  ) {}

  /** Lends an empty stack of one program; everything of it goes when it is given back. */
  static async lend<T>(
    service: Service,
    program: ProgramName,
    args: readonly string[],
    use: (ours: Ours) => Promise<T>,
  ): Promise<T> {
    const cli = await ensurePulumi();
    const temporary = await temporaryWorkspace(cli, { project });
    try {
      await Stack.create("bench", temporary.workspace);
      return await use(new Ours(service, cli, temporary.folder, program, args));
    } finally {
      await temporary.remove();
    }
  }

  run(operation: Order["operation"]): Promise<Measured> {
    const { cli, folder, program, args } = this;
    const order: Order = { cli, folder, operation, program, args };
    return measured(this.service, {
      command: process.execPath,
      args: ["--no-warnings", join(__dirname, "child.js"), JSON.stringify(order)],
      env: { ...cleanEnvironment(), ...this.service.env },
    });
  }

  /** Bytes of the state, as the file backend keeps it. */
  async stateSize(): Promise<number> {
    return (await stat(join(this.folder, ".pulumi", "stacks", project.name, "bench.json"))).size;
  }
}
