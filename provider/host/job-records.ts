/**
 * The records of jobs as files in the home directory, where the host process and the program find them. Each resource that
 * creates a job has a record, and each job a pointer to the record. A job whose assets are deleted has an empty file. The
 * files contain only ids and digests.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import {
  access,
  link,
  mkdir,
  opendir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { join } from "node:path";

import { canConnect } from "../../lib/can-connect";
import { isRunning } from "../../lib/is-running";
import { CodedError } from "../../lib/message-code";
import type { FoundRecord, JobRecord, JobRecords } from "../core/ports";
import { jobRetentionDays } from "../../service-model/errors";

const ending = ".json";
const pointerEnding = ".key";
const deletionEnding = ".deleted";

/** Names of the files that this room writes. The user may name a folder that has other files. */
const ownName = /^(?:[0-9a-f]{64}\.(?:json|journal|[0-9a-f]{16}\.tmp)|[A-Za-z0-9]{30,40}\.(?:key|deleted))$/;

/** The folder of the records. A pipeline that keeps it between runs finds the job of an interrupted run. */
export const recordsFolder = (env = process.env): string =>
  env.PULUMI_DATAEXCHANGE_RECORDS || join(homedir(), ".pulumi", "dataexchange", "jobs");

/**
 * Removes the record of a job that the engine has registered, because the state names the job from then on. Called in the
 * program, because the engine does not notify the provider.
 */
export function forgetRegisteredJob(job: string, folder = recordsFolder()): void {
  if (!/^\w+$/.test(job)) return;
  const pointer = join(folder, `${job}${pointerEnding}`);
  try {
    const record = join(folder, `${readFileSync(pointer, "utf8")}${ending}`);
    rmSync(pointer, { force: true });
    // The resource may have created another job since.
    const named = (JSON.parse(readFileSync(record, "utf8")) as JobRecord).job;
    if (named === job) rmSync(record, { force: true });
  } catch {
    // The record does not exist or cannot be removed. The next run compares it with the state.
  }
}

interface WrittenRecord extends JobRecord {
  /** The process that wrote it. */
  writer: {
    host: string;
    pid: number;
    run: string;
    /** Address of its engine. */
    engine?: string;
  };
}

export class FileJobRecords implements JobRecords {
  /** Distinguishes this process from an earlier one with the same id. */
  private readonly run = randomBytes(8).toString("hex");
  private prepared: Promise<void> | undefined;
  /** Jobs that this process has returned to the engine, by their keys. */
  private readonly returned = new Map<string, string>();

  /** `engine` is the address of this process's engine. */
  constructor(
    private readonly folder = recordsFolder(),
    private readonly engine?: string,
  ) {}

  async find(key: string): Promise<FoundRecord | undefined> {
    const record = await this.read(key);
    if (!record) return undefined;
    const { writer, ...known } = record;
    return { ...known, active: !record.returned && writer.run !== this.run && (await mayStartJobs(writer)) };
  }

  /** Lists the folder once, and returns whether a resource or a job has a file. Most of many have none. */
  async listFiles(): Promise<(key: string, job: string) => boolean> {
    const names = new Set(await readdir(this.folder).catch(() => []));
    return (key, job) => names.has(`${key}${ending}`) || names.has(`${job}${pointerEnding}`);
  }

  async claim(key: string, record: JobRecord): Promise<boolean> {
    const written = await this.writeTemporary(key, record);
    try {
      await link(written, this.path(key));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      // A file without a valid record is replaced.
      if (await this.read(key)) return false;
      await rename(written, this.path(key));
      return true;
    } finally {
      await rm(written, { force: true });
    }
  }

  async write(key: string, record: JobRecord): Promise<void> {
    await rename(await this.writeTemporary(key, record), this.path(key));
    if (record.job) await writeFile(this.pointer(record.job), key, { mode: 0o600 });
    if (record.job && record.returned) this.returned.set(key, record.job);
  }

  /** Removes the records of the jobs that this process has returned to the engine until now. */
  async removeReturned(): Promise<void> {
    const jobs = [...this.returned];
    this.returned.clear();
    // The next run compares a remaining record with the state.
    await Promise.all(jobs.map(([key, job]) => this.remove(key, job).catch(() => undefined)));
  }

  async remove(key: string, job: string): Promise<void> {
    if ((await this.read(key))?.job === job) await rm(this.path(key), { force: true });
    await rm(this.pointer(job), { force: true });
  }

  async findKey(job: string): Promise<string | undefined> {
    const key = await readFile(this.pointer(job), "utf8").catch(() => undefined);
    return key !== undefined && (await this.read(key))?.job === job ? key : undefined;
  }

  async recordDeletion(job: string): Promise<void> {
    await (this.prepared ??= this.prepare());
    await writeFile(this.deletion(job), "", { mode: 0o600, flush: true });
  }

  removeDeletion(job: string): Promise<void> {
    return rm(this.deletion(job), { force: true });
  }

  hasDeletion(job: string): Promise<boolean> {
    return access(this.deletion(job)).then(
      () => true,
      () => false,
    );
  }

  private path(key: string): string {
    return join(this.folder, `${key}${ending}`);
  }

  private pointer(job: string): string {
    return join(this.folder, `${job}${pointerEnding}`);
  }

  private deletion(job: string): string {
    return join(this.folder, `${job}${deletionEnding}`);
  }

  /** Undefined if the file is missing or has no valid record. */
  private async read(key: string): Promise<WrittenRecord | undefined> {
    try {
      const record = JSON.parse(await readFile(this.path(key), "utf8")) as WrittenRecord;
      return typeof record.work === "string" && typeof record.writer === "object" ? record : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes a complete record to a temporary file, and returns its path. */
  private async writeTemporary(key: string, record: JobRecord): Promise<string> {
    const writer = { host: hostname(), pid: process.pid, run: this.run, engine: this.engine };
    const written: WrittenRecord = { ...record, writer };
    const path = join(this.folder, `${key}.${this.run}.tmp`);
    try {
      await (this.prepared ??= this.prepare());
      // The record must be on the disk before StartJob. Before that, the job has had no effect; later, the state names it.
      const flush = Boolean(record.job && !record.returned);
      await writeFile(path, JSON.stringify(written), { mode: 0o600, flush });
      return path;
    } catch (error) {
      const text =
        `The record of the job cannot be written to ${this.folder} (${(error as Error).message}), and without it an ` +
        "interrupted run could not be resumed. Make the folder writable, or name another one in " +
        "PULUMI_DATAEXCHANGE_RECORDS, and run `pulumi up` again.";
      throw new CodedError({ code: "record-not-written", text }, { cause: error });
    }
  }

  private async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    // Runs in the background. The next process removes the rest.
    void this.removeOld().catch(() => undefined);
  }

  /** Removes records that are older than the service's record of their job. */
  private async removeOld(): Promise<void> {
    const oldest = Date.now() - jobRetentionDays * 86_400_000;
    // One by one, because the folder can contain many files.
    for await (const { name } of await opendir(this.folder)) {
      if (!ownName.test(name)) continue;
      const path = join(this.folder, name);
      const age = await stat(path).catch(() => undefined);
      if (age && age.mtimeMs < oldest) await rm(path, { force: true });
    }
  }
}

/**
 * Whether the process that wrote a record may still start a job. A process whose engine has exited starts none. Its id may
 * belong to another process now, for example after a restart of a container. A process of another machine counts as ended.
 */
const mayStartJobs = async (writer: WrittenRecord["writer"]): Promise<boolean> =>
  writer.host === hostname() &&
  writer.pid !== process.pid &&
  isRunning(writer.pid) &&
  (writer.engine === undefined || (await canConnect(writer.engine)));
