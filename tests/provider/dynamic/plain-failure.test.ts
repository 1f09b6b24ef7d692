import { expect } from "chai";

import { withPlainErrors } from "../../../provider/dynamic/data-exchange-provider";
import { failureOf } from "../support/samples";

describe("a failure of a read or a delete", () => {
  const failure = () =>
    failureOf(
      withPlainErrors("Reading job j1", "the command", () =>
        Promise.reject(new Error("Job j1: GetJob failed; run `pulumi up` again.")),
      ),
    );

  it("is its sentence for the engine, and names no other command", async () =>
    expect((await failure()).message).to.equal("Job j1: GetJob failed; run the command again."));

  it("is one line, without the sentence and a stack, for the host that prints it", async () => {
    const error = await failure();
    expect(`${String(error)}: ${error.stack}`).to.equal(
      "Reading job j1 failed: the resource's own error says why",
    );
  });

  it("is none where all goes well", async () =>
    expect(await withPlainErrors("x", "y", () => Promise.resolve(1))).to.equal(1));
});
