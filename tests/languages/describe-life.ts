/** The life of a stack in one language: the steps in their order. */
import { expect } from "chai";

import { expectSuccess, messageCodes } from "../harness/stack";
import type { Language } from "./life";
import { Life } from "./life";
import { stepsOf } from "./steps";

const everything = process.env["EVERY_LANGUAGE"] !== undefined;

export function describeLife(language: Language): void {
  const describeIt = everything || !language.isCompiled ? describe : describe.skip;
  describeIt(`the life of jobs in ${language.name}`, function () {
    // The first run may install and build.
    this.timeout("30m");
    let life: Life | undefined;
    let isBroken = false;

    before(async function () {
      await language.find().catch((error: Error) => {
        console.error(`Programs in ${language.name} do not run: ${error.message}.`);
        return this.skip();
      });
      life = await Life.start(language, await language.prepare());
    });
    beforeEach(function () {
      if (isBroken) this.skip();
    });
    afterEach(function () {
      if (this.currentTest?.state !== "failed") return;
      isBroken = true;
      console.error(life?.stack.lastRun?.stdout, life?.stack.lastRun?.stderr);
    });
    after(() => life?.stop());

    for (const { title, operation, prepare, settings, code, changes, verify } of stepsOf(language))
      it(title, async () => {
        const { stack } = life!;
        await prepare?.(life!);
        if (settings) await life!.configure(settings);
        if (!operation) return;
        const run = await stack.run(operation);
        await life!.record(run);
        if (code) {
          expect(run.error).to.be.an("error");
          expect(messageCodes(run)).to.include(code);
        } else expectSuccess(run);
        if (changes) expect(run.changes).to.deep.equal(changes);
        await verify?.(life!, run);
      });
  });
}
