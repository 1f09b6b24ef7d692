/** The records of one machine, shared by all processes of a test that reach the same service. */
import type { FoundRecord, JobRecord, JobRecords } from "../../../provider/core/ports";

interface Written extends JobRecord {
  readonly writer: MemoryRecords;
}

export class MemoryRecords implements JobRecords {
  private static readonly machines = new WeakMap<object, Map<string, Written>>();
  private readonly written: Map<string, Written>;

  /** The records of one process, which `isAlive` says to run. Processes that name the same machine see each other's. */
  constructor(
    machine: object,
    private readonly isAlive: () => boolean = () => true,
  ) {
    this.written = MemoryRecords.machines.get(machine) ?? new Map<string, Written>();
    MemoryRecords.machines.set(machine, this.written);
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

  keyOf(job: string): Promise<string | undefined> {
    return Promise.resolve([...this.written].find(([, record]) => record.job === job)?.[0]);
  }
}
