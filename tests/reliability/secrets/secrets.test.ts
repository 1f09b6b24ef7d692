import { expect } from "chai";

import { credentials } from "../../harness/service";
import { expectSuccess, messageCodes } from "../../harness/stack";
import { useStack } from "../../harness/use-stack";
import { Secrets, addSignedUrls, seededSecrets } from "../../harness/secrets";
import { missingObjectProgram, plainKey, secretProgram } from "./suite";

describe("secrets", function () {
  this.timeout("5m");
  const access: string[] = [];
  const shared = useStack({ onRequest: (entry) => access.push(JSON.stringify(entry)) });

  it("appear in no state, display, event, access log or recorded request", async () => {
    const { stack, service } = shared;
    const program = await secretProgram(service);

    const runs = [
      await stack.preview(program("prod")),
      await stack.up(program("prod")),
      await stack.refresh(),
      await stack.preview(program("next")),
      await stack.up(program("next")),
    ];
    const state = await stack.readState();
    for (const run of runs) expectSuccess(run);
    runs.push(await stack.destroy());

    const secrets = Secrets.seeded();
    secrets.add("secret access key of the service", credentials.secretAccessKey);
    const known = secrets.count;
    await addSignedUrls(service, secrets);
    expect(secrets.count - known).to.be.at.least(2);
    const places = {
      state,
      display: runs.map(({ stdout, stderr }) => stdout + stderr).join(""),
      // The engine's debug events contain the program's inputs, and appear only in a debug log.
      events: JSON.stringify(runs.flatMap(({ events }) => events.filter((event) => !isDebug(event)))),
      access: access.join("\n"),
      requests: JSON.stringify(service.local.requests),
    };
    for (const [place, text] of Object.entries(places)) {
      expect(text.length, place).to.be.greaterThan(0);
      secrets.search(place, text);
    }
    expect(secrets.leaks).to.deep.equal([]);
    // The display masks the values; the program has them.
    for (const name of ["key", "download"]) {
      expect(runs[1]!.outputs[name]?.secret, name).to.equal(true);
    }
    expect(runs[1]!.outputs.key?.value).to.equal(seededSecrets.apiKey);
  });

  it("appear in no message and no state of jobs that fail because of them", async () => {
    const { stack, service } = shared;
    const failed = await stack.up(await missingObjectProgram(service), { continueOnError: true });
    expect(messageCodes(failed).filter((code) => code === "job-failed")).to.have.length.at.least(3);
    expect(messageCodes(failed)).to.include("revision-has-other-assets");
    expect(failed.stdout + failed.stderr).to.contain(plainKey);
    const secrets = Secrets.seeded();
    secrets.search("state", await stack.readState());
    const runs = [failed, await stack.refresh(), await stack.destroy()];
    secrets.search("display", runs.map(({ stdout, stderr }) => stdout + stderr).join(""));
    expect(secrets.leaks).to.deep.equal([]);
  });
});

const isDebug = ({ diagnosticEvent }: { diagnosticEvent?: { severity: string } }): boolean =>
  diagnosticEvent?.severity === "debug";
