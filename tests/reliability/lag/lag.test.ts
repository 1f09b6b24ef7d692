/** Short form of `npm run prove -- lag`; `faults.test.ts` covers calls without content. */
import { expect } from "chai";

import { runRealScript, scriptName } from "./real-run";
import { realScripts, runVirtualScripts } from "./suite";

describe("stale answers and wrong clocks", function () {
  this.timeout("5m");

  it("break no promise in 400 random runs on virtual time", async () => {
    expect(await runVirtualScripts(400, 11)).to.deep.equal([]);
  });

  it("break no promise in real processes", async () => {
    const chosen = realScripts.filter((script) =>
      /^import, crash: (listings|.*30 hours)|^upload, pair: replicas/.test(scriptName(script)),
    );
    expect(chosen).to.have.length(3);
    const broken = await Promise.all(chosen.map(runRealScript));
    expect(broken.flat()).to.deep.equal([]);
  });
});
