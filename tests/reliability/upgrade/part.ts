/** States that released versions wrote, lived on with by today's code. */
import type { Context, Outcome, Part } from "../frame/suite";
import { fixtures } from "./fixtures";
import type { Upgraded } from "./upgrade";
import { steps, upgrade } from "./upgrade";

export const upgradePart: Part = {
  name: "upgrade",
  title: "states of each released version: read, refreshed, expired, replaced and destroyed by today's code",
  async run({ progress }: Context): Promise<Outcome> {
    const results: Upgraded[] = [];
    for (const fixture of fixtures()) {
      progress(`the state in ${fixture.name}`);
      results.push(await upgrade(fixture));
    }
    return {
      table: {
        head: ["state", "resources", ...steps],
        rows: results.map(({ fixture, resources, broken }) => [
          fixture.name,
          resources,
          ...steps.map((step) => (broken.some((each) => each.step === step) ? "FAILED" : "✓")),
        ]),
      },
      figures: { states: results.length },
      failures: results.flatMap(({ fixture, broken }) =>
        broken.map(({ step, what }) => ({ where: `${fixture.name}, ${step}`, what })),
      ),
    };
  },
};
