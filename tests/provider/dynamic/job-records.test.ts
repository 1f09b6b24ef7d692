import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { expect } from "chai";

import { CodedError } from "../../../lib/message-code";
import { FileJobRecords, forgetRegisteredJob, recordsFolder } from "../../../provider/dynamic/job-records";
import { failureOf } from "../support/samples";

describe("records of jobs as files", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "job-records-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("outlive the process that wrote them", async () => {
    await new FileJobRecords(folder).write("key", { work: "w", job: "job1" });
    expect(await new FileJobRecords(folder).find("key")).to.deep.equal({
      work: "w",
      job: "job1",
      active: false,
    });
  });

  it("are claimed by one process alone", async () => {
    const processes = Array.from({ length: 8 }, () => new FileJobRecords(folder));
    const claimed = await Promise.all(processes.map((records, n) => records.claim("key", { work: `${n}` })));
    expect(claimed.filter(Boolean)).to.have.length(1);
    expect((await processes[0]!.find("key"))!.work).to.equal(String(claimed.indexOf(true)));
  });

  it("are removed only while they name that job", async () => {
    const records = new FileJobRecords(folder);
    await records.write("key", { work: "w", job: "job2" });
    await records.remove("key", "job1");
    expect(await records.keyOf("job2")).to.equal("key");
    await records.remove("key", "job2");
    expect([await records.find("key"), await records.keyOf("job2")]).to.deep.equal([undefined, undefined]);
  });

  it("are removed by the program once the engine has registered the job", async () => {
    const records = new FileJobRecords(folder);
    await records.write("key", { work: "w", job: "job1", returned: true });
    for (const id of ["../key", "job2", "job1"]) forgetRegisteredJob(id, folder);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("of a later job are left alone when an earlier one of the resource is registered", async () => {
    const records = new FileJobRecords(folder);
    await records.write("key", { work: "w", job: "job1", returned: true });
    await records.write("key", { work: "w", job: "job2" });
    forgetRegisteredJob("job1", folder);
    expect((await records.find("key"))?.job).to.equal("job2");
  });

  it("are not active once the engine is gone, whoever has the process's id by now", async () => {
    const engine = createServer().listen(0, "127.0.0.1");
    await once(engine, "listening");
    const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
    const writer = { host: hostname(), pid: process.ppid, run: "other", engine: address };
    writeFileSync(join(folder, "key.json"), JSON.stringify({ work: "w", writer }));
    const isActive = async () => (await new FileJobRecords(folder).find("key"))!.active;
    expect(await isActive()).to.equal(true);
    engine.close();
    await once(engine, "close");
    expect(await isActive()).to.equal(false);
  });

  it("are active while another process that wrote them runs", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
    const write = (writer: object) =>
      writeFileSync(join(folder, "key.json"), JSON.stringify({ work: "w", writer }));
    const isActive = async () => (await new FileJobRecords(folder).find("key"))!.active;
    write({ host: hostname(), pid: other.pid, run: "other" });
    expect(await isActive()).to.equal(true);
    write({ host: `not-${hostname()}`, pid: other.pid, run: "other" });
    expect(await isActive()).to.equal(false);
    write({ host: hostname(), pid: other.pid, run: "other" });
    const ended = once(other, "exit");
    other.kill("SIGKILL");
    await ended;
    expect(await isActive()).to.equal(false);
  });

  it("hold nothing but ids and digests, for their owner alone", async () => {
    await new FileJobRecords(folder).write("key", { work: "w", job: "job1", returned: true });
    const path = join(folder, "key.json");
    expect(Object.keys(JSON.parse(readFileSync(path, "utf8")) as object)).to.have.members([
      ...["work", "job", "returned", "writer"],
    ]);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(["job1.key", "key.json"]);
  });

  for (const text of ["", "{", "[]", '{"work":1}']) {
    it(`take a file that holds ${JSON.stringify(text)} for none`, async () => {
      writeFileSync(join(folder, "key.json"), text);
      const records = new FileJobRecords(folder);
      expect(await records.find("key")).to.equal(undefined);
      expect(await records.claim("key", { work: "w" })).to.equal(true);
      expect((await records.find("key"))!.work).to.equal("w");
    });
  }

  it("are removed once the service has forgotten their jobs", async () => {
    await new FileJobRecords(folder).write("old", { work: "w", job: "job1" });
    const past = Date.now() / 1000 - 91 * 86_400;
    for (const name of ["old.json", "job1.key"]) utimesSync(join(folder, name), past, past);
    await new FileJobRecords(folder).write("new", { work: "w", job: "job2" });
    // Nobody waits for it but this test.
    while (readdirSync(folder).some((name) => ["old.json", "job1.key"].includes(name))) await setImmediate();
    expect(readdirSync(folder)).to.deep.equal(["job2.key", "new.json"]);
  });

  it("that cannot be written are an error with the path and what to do", async () => {
    writeFileSync(join(folder, "file"), "");
    const path = join(folder, "file", "records");
    const error = await failureOf(new FileJobRecords(path).claim("key", { work: "w" }), CodedError);
    expect(error.code).to.equal("record-not-written");
    expect(error.text).to.contain(path).and.contain("PULUMI_DATAEXCHANGE_RECORDS");
  });

  it("lie in the home directory unless a folder is named", () => {
    expect(recordsFolder({ PULUMI_DATAEXCHANGE_RECORDS: "/kept" })).to.equal("/kept");
    expect(recordsFolder({})).to.match(/\.pulumi.dataexchange.jobs$/);
  });
});
