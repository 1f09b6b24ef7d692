/** The state file of a stack in the file backend. Reading it is faster than starting the CLI. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { OutputMap } from "@pulumi/pulumi/automation";

/** A resource in state; its secrets are encrypted. */
export interface StateResource {
  type: string;
  urn: string;
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  initErrors?: string[];
}

export class Checkpoint {
  private readonly file: string;

  constructor(
    private readonly folder: string,
    private readonly project: string,
    private readonly stack: string,
  ) {
    this.file = join(folder, ".pulumi", "stacks", project, `${stack}.json`);
  }

  /** Writes the state of a stack without resources, as the CLI does by `stack init`. */
  async init(): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    await writeFile(join(this.folder, ".pulumi", "meta.yaml"), "version: 1\n");
    const stack = ["organization", this.project, this.stack].join("/");
    await this.restore(JSON.stringify({ version: 3, checkpoint: { stack } }));
  }

  /** The whole file. */
  text(): Promise<string> {
    return readFile(this.file, "utf8");
  }

  /** Overwrites the file with an earlier text. */
  restore(text: string): Promise<void> {
    return writeFile(this.file, text);
  }

  async resources(): Promise<StateResource[]> {
    const { checkpoint } = JSON.parse(await this.text()) as {
      checkpoint: { latest?: { resources?: StateResource[] } };
    };
    return checkpoint.latest?.resources ?? [];
  }

  /** The stack's outputs, or undefined if one of them contains a secret. */
  async plainOutputs(): Promise<OutputMap | undefined> {
    const stack = (await this.resources()).find(({ type }) => type === "pulumi:pulumi:Stack");
    const outputs = stack?.outputs ?? {};
    if (JSON.stringify(outputs).includes('"ciphertext"')) return undefined;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, { value, secret: false }]),
    );
  }
}
