import { checkInputs } from "../../../provider/core/check";
import { formatPath } from "../../../service-model/validate";
import { bodiesOf } from "./host";

/** The problems that `check` finds. `files` are the readable files with their sizes. */
export const problemsOf = async (
  inputs: object,
  files?: Record<string, number>,
): Promise<[path: string, code: string, message: string][]> => {
  const problems = await checkInputs({ ...inputs }, bodiesOf(undefined, files));
  return problems.map(({ path, code, message }) => [formatPath(path), code, message]);
};
