import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { setImmediate } from "node:timers/promises";

import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { FileJobRecords, forgetRegisteredJob, recordsFolder } from "../../../provider/host/job-records";
import { useFolder } from "../../harness/folder";
import { failureOf } from "../../simulation/samples";

describe("FileJobRecords", () => {
  const path = useFolder();
  let records: FileJobRecords;
  beforeEach(() => (records = new FileJobRecords(path())));

  it("finds the record of an earlier process", async () => {
    await records.write("key", { work: "w", job: "job1" });
    const found = { work: "w", job: "job1", active: false };
    expect(await new FileJobRecords(path()).find("key")).to.deep.equal(found);
  });

  it("gives a claim to one of several processes", async () => {
    const processes = Array.from({ length: 8 }, () => new FileJobRecords(path()));
    const claimed = await Promise.all(processes.map((each, n) => each.claim("key", { work: `${n}` })));
    expect(claimed.filter(Boolean)).to.have.length(1);
    expect((await records.find("key"))!.work).to.equal(String(claimed.indexOf(true)));
  });

  it("removes a record only if it names the job", async () => {
    await records.write("key", { work: "w", job: "job2" });
    await records.remove("key", "job1");
    expect(await records.findKey("job2")).to.equal("key");
    await records.remove("key", "job2");
    expect([await records.find("key"), await records.findKey("job2")]).to.deep.equal([undefined, undefined]);
  });

  it("removes the records of the jobs that this process has returned, when the run ends", async () => {
    const other = new FileJobRecords(path());
    await other.write("other", { work: "w", job: "job1", returned: true });
    await records.write("created", { work: "w", job: "job2" });
    await records.write("replaced", { work: "w", job: "job3", returned: true });
    await other.write("replaced", { work: "w", job: "job4" });
    await records.write("returned", { work: "w", job: "job5", returned: true });
    await records.removeReturned();
    const jobs = ["job1", "job2", "job4", "job5"].map((job) => records.findKey(job));
    expect(await Promise.all(jobs)).to.deep.equal(["other", "created", "replaced", undefined]);
  });

  it("writes ids and digests only, for their owner only", async () => {
    await records.write("key", { work: "w", job: "job1", returned: true });
    const record = JSON.parse(readFileSync(path("key.json"), "utf8")) as object;
    expect(record).to.have.all.keys("work", "job", "returned", "writer");
    expect(statSync(path("key.json")).mode & 0o777).to.equal(0o600);
    expect(readdirSync(path())).to.deep.equal(["job1.key", "key.json"]);
  });

  for (const text of ["", "{", "[]", '{"work":1}']) {
    it(`ignores and replaces a file with the content ${JSON.stringify(text)}`, async () => {
      writeFileSync(path("key.json"), text);
      expect(await records.find("key")).to.equal(undefined);
      expect(await records.claim("key", { work: "w" })).to.equal(true);
      expect((await records.find("key"))!.work).to.equal("w");
    });
  }

  it("finds the deletion that an earlier process began", async () => {
    expect(await records.hasDeletion("job1")).to.equal(false);
    await records.recordDeletion("job1");
    const next = new FileJobRecords(path());
    expect([await next.hasDeletion("job1"), await next.hasDeletion("job2")]).to.deep.equal([true, false]);
  });

  it("removes its own files that are older than the service's record of the job, and no others", async () => {
    const [key, job] = ["a".repeat(64), "b".repeat(32)];
    const earlier = new FileJobRecords(path());
    await earlier.write(key, { work: "w", job });
    await earlier.recordDeletion(job);
    const temporary = `${key}.${"c".repeat(16)}.tmp`;
    writeFileSync(path(temporary), "{");
    const own = [`${key}.json`, `${job}.key`, `${job}.deleted`, temporary];
    const others = ["notes.txt", "package.json", "server.key", "x.deleted", "x.tmp"];
    for (const name of others) writeFileSync(path(name), "");
    mkdirSync(path("folder"));
    const past = Date.now() / 1000 - 91 * 86_400;
    for (const name of [...own, ...others, "folder"]) utimesSync(path(name), past, past);
    await new FileJobRecords(path()).write("new", { work: "w", job: "job2" });
    while (readdirSync(path()).some((name) => own.includes(name))) await setImmediate();
    expect(readdirSync(path())).to.have.members([...others, "folder", "job2.key", "new.json"]);
  });

  it("fails with the folder and a remedy if it cannot write", async () => {
    writeFileSync(path("file"), "");
    const folder = path("file/records");
    const error = await failureOf(new FileJobRecords(folder).claim("key", { work: "w" }), CodedError);
    expect(error.code).to.equal("record-not-written");
    expect(error.text).to.contain(folder).and.contain("PULUMI_DATAEXCHANGE_RECORDS");
  });
});

describe("an active job record", () => {
  const path = useFolder();
  const isActive = async (writer: object) => {
    writeFileSync(path("key.json"), JSON.stringify({ work: "w", writer: { run: "other", ...writer } }));
    return (await new FileJobRecords(path()).find("key"))!.active;
  };

  it("has an engine that listens, even if another process has the id of its writer", async () => {
    const engine = createServer().listen(0, "127.0.0.1");
    await once(engine, "listening");
    const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
    const writer = { host: hostname(), pid: process.ppid, engine: address };
    expect(await isActive(writer)).to.equal(true);
    engine.close();
    await once(engine, "close");
    expect(await isActive(writer)).to.equal(false);
  });

  it("has a writer that runs on this machine", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
    const writer = { host: hostname(), pid: other.pid };
    expect(await isActive(writer)).to.equal(true);
    expect(await isActive({ ...writer, host: `not-${hostname()}` })).to.equal(false);
    const ended = once(other, "exit");
    other.kill("SIGKILL");
    await ended;
    expect(await isActive(writer)).to.equal(false);
  });
});

describe("forgetRegisteredJob", () => {
  const path = useFolder();

  it("removes the record of the job", async () => {
    await new FileJobRecords(path()).write("key", { work: "w", job: "job1", returned: true });
    for (const id of ["../key", "job2", "job1"]) forgetRegisteredJob(id, path());
    expect(readdirSync(path())).to.deep.equal([]);
  });

  it("keeps the record of a later job of the resource", async () => {
    const records = new FileJobRecords(path());
    await records.write("key", { work: "w", job: "job1", returned: true });
    await records.write("key", { work: "w", job: "job2" });
    forgetRegisteredJob("job1", path());
    expect((await records.find("key"))?.job).to.equal("job2");
  });
});

describe("recordsFolder", () => {
  it("is in the home directory unless the environment names another", () => {
    expect(recordsFolder({ PULUMI_DATAEXCHANGE_RECORDS: "/kept" })).to.equal("/kept");
    expect(recordsFolder({})).to.match(/\.pulumi.dataexchange.jobs$/);
  });
});
