/** The life of a stack in one language: the steps in their order. */
import { expect } from "chai";

import { expectSuccess, messageCodes } from "../harness/stack";
import { describeLanguage } from "./describe-language";
import type { Language } from "./life";
import { Life } from "./life";
import { stepsOf } from "./steps";

export function describeLife(language: Language): void {
  let life: Life | undefined;
  let isBroken = false;
  const start = async () => void (life = await Life.start(language, await language.prepare()));

  describeLanguage("the life of jobs", language, start, () => {
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
