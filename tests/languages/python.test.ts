import { join } from "node:path";

import { pythonPrograms, pythonWithPackage } from "../harness/python-programs";
import { describeLife } from "./describe-life";

describeLife({
  name: "Python",
  find: () => pythonWithPackage(),
  prepare: async () => ({
    settings: { name: "life", runtime: "python" },
    ...(await pythonPrograms(join(process.cwd(), "tests", "languages", "python", "__main__.py"))),
  }),
});
