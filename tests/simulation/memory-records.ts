import type { FoundRecord, JobRecord, JobRecords } from "../../provider/core/ports";

interface Written extends JobRecord {
  readonly writer: MemoryRecords;
}

interface Machine {
  readonly written: Map<string, Written>;
  /** Ids of jobs whose deletion has begun. */
  readonly deletions: Set<string>;
}

/** The records of one machine, which its processes share. */
export class MemoryRecords implements JobRecords {
  private static readonly machines = new WeakMap<object, Machine>();
  private readonly written: Machine["written"];
  readonly deletions: Machine["deletions"];

  /** The records of one process, of which `isAlive` says whether it runs. */
  constructor(
    machine: object,
    private readonly isAlive: () => boolean,
  ) {
    const known = MemoryRecords.machines.get(machine) ?? { written: new Map(), deletions: new Set() };
    MemoryRecords.machines.set(machine, known);
    ({ written: this.written, deletions: this.deletions } = known);
  }

  find(key: string): Promise<FoundRecord | undefined> {
    const found = this.written.get(key);
    if (!found) return Promise.resolve(undefined);
    const { writer, ...record } = found;
    return Promise.resolve({
      ...record,
      active: !record.returned && writer !== this && writer.isAlive(),
    });
  }

  claim(key: string, record: JobRecord): Promise<boolean> {
    if (this.written.has(key)) return Promise.resolve(false);
    return this.write(key, record).then(() => true);
  }

  write(key: string, record: JobRecord): Promise<void> {
    this.written.set(key, { ...record, writer: this });
    return Promise.resolve();
  }

  remove(key: string, job: string): Promise<void> {
    if (this.written.get(key)?.job === job) this.written.delete(key);
    return Promise.resolve();
  }

  findKey(job: string): Promise<string | undefined> {
    return Promise.resolve([...this.written].find(([, record]) => record.job === job)?.[0]);
  }

  recordDeletion(job: string): Promise<void> {
    this.deletions.add(job);
    return Promise.resolve();
  }

  removeDeletion(job: string): Promise<void> {
    this.deletions.delete(job);
    return Promise.resolve();
  }

  hasDeletion(job: string): Promise<boolean> {
    return Promise.resolve(this.deletions.has(job));
  }
}
