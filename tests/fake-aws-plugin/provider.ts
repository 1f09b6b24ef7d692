/** The fake AWS provider without the gRPC protocol: create, read, update and delete over the table of types. */
import type { CheckRequest, Difference } from "./resource-type";
import { checkInputs, difference, withoutDefaults } from "./resource-type";
import type { Settings } from "./region";
import { Region, accountOf, readSettings } from "./region";
import type { Failure, Properties } from "./properties";
import type { ResourceType, ResourceTypes } from "./resource-type";
import { given, hasUnknown, pick, refusal, unknown } from "./properties";
import { dataexchange } from "./services/dataexchange";
import { s3 } from "./services/s3";
import { getExport, stored } from "./services/stored";

const resources: ResourceTypes = { ...dataexchange, ...s3, ...stored };

type Invocation = (args: Properties, region: Region) => Promise<Properties> | Properties;

const functions: Readonly<Record<string, Invocation>> = {
  "aws:apigateway/getExport:getExport": getExport,
  "aws:index/getCallerIdentity:getCallerIdentity": (_, { accountId, settings }) => {
    const role = settings.roleArn?.split("/").at(-1);
    const arn = role
      ? `arn:aws:sts::${accountId}:assumed-role/${role}/pulumi`
      : `arn:aws:iam::${accountId}:root`;
    return { id: accountId, accountId, arn, userId: settings.accessKeyId };
  },
};

export interface Found {
  id: string;
  state: Properties;
  inputs: Properties;
}

export class FakeAwsProvider {
  private settings: Settings | undefined;
  private account: Promise<string> | undefined;
  private readonly regions = new Map<string, Region>();

  configure(config: Properties): void {
    this.settings = readSettings(config);
  }

  check(request: CheckRequest): { inputs: Properties; failures: Failure[] } {
    return checkInputs(typeOf(request.type), request, this.configured().region);
  }

  diff(type: string, oldInputs: Properties, news: Properties, ignored: readonly string[]): Difference {
    return difference(typeOf(type), oldInputs, news, ignored);
  }

  async create(
    type: string,
    urn: string,
    declared: Properties,
    preview: boolean,
  ): Promise<Omit<Found, "inputs">> {
    const resource = typeOf(type);
    const inputs = withoutDefaults(declared);
    if (preview) return { id: "", state: { ...unknownOf(resource.computed), ...inputs } };
    const { id, outputs } = await resource.create(inputs, await this.regionOf(inputs), urn);
    return { id, state: given({ ...inputs, ...outputs }) };
  }

  async read(type: string, id: string, state: Properties, inputs: Properties): Promise<Found | undefined> {
    const resource = typeOf(type);
    const region = await this.regionOf({ ...state, ...inputs });
    const found = await resource.read(id, region, state);
    if (!found) return undefined;
    const now = given({ ...(resource.global ? {} : { region: region.name }), ...found });
    const declared = pick(now, Object.keys(inputs));
    return {
      id,
      state: { ...withoutDefaults(inputs), ...state, ...now },
      inputs: { ...inputs, ...declared },
    };
  }

  async update(
    type: string,
    id: string,
    state: Properties,
    declared: Properties,
    preview: boolean,
  ): Promise<Properties> {
    const resource = typeOf(type);
    const inputs = withoutDefaults(declared);
    const before = pick(state, resource.computed);
    if (preview) return { ...before, ...unknownOf(resource.volatile), ...inputs };
    const outputs = await resource.update(id, inputs, await this.regionOf(inputs), state);
    return given({ ...before, ...inputs, ...outputs });
  }

  async delete(type: string, id: string, state: Properties): Promise<void> {
    await typeOf(type).delete(id, await this.regionOf(state), state);
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const invocation = functions[token];
    if (!invocation) throw new Error(refusal(`the function ${token} is not supported`));
    // The result is unknown, too. The SDK does not read it.
    if (hasUnknown(args)) return {};
    return given(await invocation(args, await this.regionOf(args)));
  }

  private async regionOf({ region }: Properties): Promise<Region> {
    const settings = this.configured();
    const name = (region as string | undefined) ?? settings.region;
    this.account ??= accountOf(settings);
    const known = this.regions.get(name) ?? new Region(settings, name, await this.account);
    this.regions.set(name, known);
    return known;
  }

  private configured(): Settings {
    if (!this.settings) throw new Error("The provider has not been configured.");
    return this.settings;
  }
}

const unknownOf = (keys: readonly string[] = []): Properties =>
  Object.fromEntries(keys.map((key) => [key, unknown]));

function typeOf(type: string): ResourceType {
  const known = resources[type];
  if (!known) throw new Error(refusal(`the resource type ${type} is not supported`));
  return known;
}
