import { expect } from "chai";

import type { Message } from "../../../../lib/message-code";
import { getLatestRevision, getRevision } from "../../../../provider/core/lookups/get-revision";
import type { ServiceRevision } from "../../../../service-model/job";
import { codeOf, dataSetId, failureOf, revisionId } from "../../../simulation/samples";
import type { SimulatorOptions } from "../../../simulation/simulator-options";
import { revisionWith, scene } from "./scene";

describe("getLatestRevision", () => {
  /** The latest of revisions that are listed in this order. */
  const latestOf = (revisions: ServiceRevision[], options?: SimulatorOptions) => {
    const { service, run } = scene(options);
    service.revisions.push(...revisions);
    return { service, latest: run(getLatestRevision, { dataSetId }) };
  };

  it("is the newest that is finalized and not revoked", async () => {
    const revisions = [
      revisionWith("open", 50, { finalized: false }),
      revisionWith("revoked", 40, { revoked: true }),
      revisionWith("latest", 30, { comment: "January" }),
      revisionWith("older", 20),
    ];
    expect(await latestOf(revisions).latest).to.deep.equal({
      dataSetId,
      revisionId: "latest",
      arn: `arn:aws:dataexchange:us-east-1::data-sets/${dataSetId}/revisions/latest`,
      comment: "January",
      finalized: true,
      revoked: false,
      createdAt: "2026-01-05T10:30:00.000Z",
    });
  });

  it("is the first that the service lists of those of one time", async () => {
    const revisions = [revisionWith("b", 30), revisionWith("a", 30), revisionWith("0", 20)];
    expect((await latestOf(revisions).latest).revisionId).to.equal("b");
    expect((await latestOf([revisions[1]!, revisions[0]!]).latest).revisionId).to.equal("a");
  });

  it("is found on a later page, and reads no page after it", async () => {
    const revisions = [
      revisionWith("open", 50, { finalized: false }),
      revisionWith("latest", 40),
      revisionWith("older", 30),
    ];
    const { service, latest } = latestOf(revisions, { pageSize: 1 });
    expect((await latest).revisionId).to.equal("latest");
    expect(service.count("listRevisions")).to.equal(2);
  });

  it("fails with the number of revisions of each kind if none can be used", async () => {
    const revoked = revisionWith("revoked", 40, { revoked: true });
    const open = [50, 30].map((minute) => revisionWith(`open${minute}`, minute, { finalized: false }));
    const { text } = await failureOf<Error & Message>(latestOf([revoked, ...open], { pageSize: 2 }).latest);
    expect(text).to.contain("(1 revoked, 2 not finalized)").and.contain(dataSetId);
    expect(await codeOf(latestOf([revoked]).latest)).to.equal("no-finalized-revision");
    expect(await codeOf(latestOf([]).latest)).to.equal("no-finalized-revision");
  });

  it("fails with the data set and the action if a call is denied, and with the data set if there is none", async () => {
    for (const [kind, code, words] of [
      ["accessDenied", "access-denied", "Allow dataexchange:ListRevisions"],
      ["notFound", "resource-not-found", "ListRevisions failed"],
    ] as const) {
      const { service, run } = scene();
      service.fail("listRevisions", kind);
      const error = await failureOf<Error & Message>(run(getLatestRevision, { dataSetId }));
      expect(error.code).to.equal(code);
      expect(error.text)
        .to.match(new RegExp(`^Data set ${dataSetId}: `))
        .and.contain(words);
    }
  });
});

describe("getRevision", () => {
  it("shows a revision in any state", async () => {
    const { service, run } = scene();
    service.revisions.push(revisionWith(revisionId, 30, { finalized: false }));
    const found = await run(getRevision, { dataSetId, revisionId });
    expect(found).to.include({ dataSetId, revisionId, finalized: false, revoked: false });
    expect(found).to.not.have.property("comment");
  });

  it("fails with the revision's id", async () => {
    const { service, run } = scene();
    service.fail("getRevision", "notFound");
    const error = await failureOf<Error & Message>(run(getRevision, { dataSetId, revisionId }));
    expect(error.code).to.equal("resource-not-found");
    expect(error.text).to.contain(`Revision ${revisionId}`);
  });
});
