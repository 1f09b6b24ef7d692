import type { Failure, Invocation, Properties, ResourceType, Service } from "./resource-type";
import { given, hasUnknown, pick, refusal, unknown } from "./resource-type";
import { apigateway, lakeformation, redshift } from "./services/licensed-sources";
import { dataexchange } from "./services/dataexchange";
import { iam, identity, kms } from "./services/iam";
import { s3Bucket } from "./services/s3-bucket";
import { s3BucketSettings } from "./services/s3-bucket-settings";
import { s3Object } from "./services/s3-object";
import type { CheckRequest, Difference } from "./inputs";
import { checkInputs, difference, inputNames, withoutDefaults } from "./inputs";
import type { Settings } from "./region";
import { Region, accountOf, readSettings } from "./region";

const services: readonly Service[] = [
  ...[s3Bucket, s3BucketSettings, s3Object, dataexchange],
  ...[apigateway, iam, identity, kms, lakeformation, redshift],
];

export const resources: Readonly<Record<string, ResourceType>> = Object.assign(
  {},
  ...services.map((service) => service.resources),
) as Record<string, ResourceType>;

export const functions: Readonly<Record<string, Invocation>> = Object.assign(
  {},
  ...services.map((service) => service.functions),
) as Record<string, Invocation>;

/** The fake AWS provider without the gRPC protocol: create, read, update and delete over the table of types. */

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
    return checkInputs(typeOf(request.type), request, this.configured());
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
    if (resource.tagged) this.splitTags(now, state);
    const known = Object.keys(inputs).length > 0;
    const declared = pick(now, known ? Object.keys(inputs) : inputNames(resource));
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
    if (preview) return { ...before, ...unknownOf(resource.volatile ?? []), ...inputs };
    if (!resource.update) throw new Error(refusal(`${type} cannot be changed`));
    const outputs = await resource.update(id, inputs, await this.regionOf(inputs), state);
    return given({ ...before, ...inputs, ...outputs });
  }

  async delete(type: string, id: string, state: Properties): Promise<void> {
    await typeOf(type).delete(id, await this.regionOf(state), state);
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const invocation = Object.hasOwn(functions, token) ? functions[token] : undefined;
    if (!invocation) throw new Error(refusal(`the function ${token} is not supported`));
    // The result is unknown, too. The SDK does not read it.
    if (hasUnknown(args)) return {};
    return given(await invocation(args, await this.regionOf(args)));
  }

  /** Separates the tags of the resource from the default tags of the provider. */
  private splitTags(now: Properties, state: Properties): void {
    const all = (now.tagsAll ?? {}) as Record<string, string>;
    const own = (state.tags ?? {}) as Record<string, string>;
    const { defaultTags } = this.configured();
    now.tagsAll = all;
    const tags = Object.entries(all).filter(([key, value]) => key in own || defaultTags[key] !== value);
    if (tags.length > 0 || "tags" in state) now.tags = Object.fromEntries(tags);
  }

  private async regionOf({ region }: Properties): Promise<Region> {
    const settings = this.configured();
    const name = (region as string | undefined) ?? settings.region;
    this.account ??= accountOf(settings);
    const account = await this.account;
    const known = this.regions.get(name) ?? new Region(settings, name, account);
    this.regions.set(name, known);
    return known;
  }

  private configured(): Settings {
    if (!this.settings) throw new Error("The provider has not been configured.");
    return this.settings;
  }
}

const unknownOf = (keys: readonly string[]): Properties =>
  Object.fromEntries(keys.map((key) => [key, unknown]));

function typeOf(type: string): ResourceType {
  const known = Object.hasOwn(resources, type) ? resources[type] : undefined;
  if (!known) throw new Error(refusal(`the resource type ${type} is not supported`));
  return known;
}
