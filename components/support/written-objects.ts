/**
 * Objects that the program itself writes. A listing that does not wait for them may be incomplete, and subscribers
 * may export an incomplete revision as soon as it is published.
 */
import type { Input, Inputs, Resource } from "@pulumi/pulumi";
import { ComponentResource, CustomResource, Output, output, runtime } from "@pulumi/pulumi";

import { InputError } from "../../lib/input-error";
import {
  childrenOf,
  parentOf,
  typeTokenOf,
  waitUntilInitialized,
} from "../../provider/resources/pulumi-private";
import { jobSetToken, jobToken, pluginToken } from "../../provider/resources/state-contract";
import { rememberedInputs } from "../../provider/resources/registration";
import { isResourceReady, resolveInput, resolveNow } from "./resolve-input";

/** Destination of an object. Without a key, it may be any key of the bucket. */
export interface WrittenObject {
  readonly bucket: string;
  readonly key?: string;
}

type Selector = (object: WrittenObject) => boolean;
type Destinations = Input<Input<{ bucket: Input<string>; key?: Input<string> }>[]>;

interface ExportDetails {
  readonly exportAssetsToS3?: { readonly assetDestinations: readonly WrittenObject[] };
  readonly exportRevisionsToS3?: { readonly revisionDestinations: readonly WrittenObject[] };
}

const singleObject = ({ bucket, key }: Record<string, Input<string>>): Destinations => [
  { bucket: bucket!, key: key! },
];

const jobWriter = ({ details }: Inputs): Destinations =>
  output(details as Input<ExportDetails | undefined>).apply(exportDestinations);
const jobSetWriter = ({ jobs }: Inputs): Destinations =>
  output(jobs as Input<Record<string, { details: ExportDetails }>>).apply((known) =>
    Object.values(known).flatMap(({ details }) => exportDestinations(details)),
  );

/** The types of resources that write objects, and their destinations. */
const writers: Readonly<Record<string, (inputs: Inputs) => Destinations>> = {
  "aws:s3/bucketObjectv2:BucketObjectv2": singleObject,
  "aws:s3/bucketObject:BucketObject": singleObject,
  "aws:s3/objectCopy:ObjectCopy": singleObject,
  [jobToken]: jobWriter,
  [pluginToken(jobToken)]: jobWriter,
  [jobSetToken]: jobSetWriter,
  [pluginToken(jobSetToken)]: jobSetWriter,
};

const exportDestinations = (details: ExportDetails | undefined): WrittenObject[] => [
  ...(details?.exportAssetsToS3?.assetDestinations ?? []),
  // The keys of a key pattern are not known here.
  ...(details?.exportRevisionsToS3?.revisionDestinations ?? []).map(({ bucket }) => ({ bucket })),
];

/** The objects that a program writes, as one component sees them. */
export class WrittenObjects {
  private constructor(
    private readonly component: Resource,
    /** Resources declared before the component, so none of them depends on it. */
    private readonly earlier: ReadonlySet<Resource>,
  ) {}

  /** Must be called while the component is constructed, before anything is awaited. */
  static of(component: Resource): WrittenObjects {
    recordInputs();
    return new WrittenObjects(component, new Set(resourcesBeside(component)));
  }

  /** Waits for selected objects that were declared earlier; false if a preview will create or change one of them. */
  async waitForEarlier(isSelected: Selector): Promise<boolean> {
    const ancestors = ancestorsOf(this.component);
    // A component may declare its children only after it has been initialized.
    const parents = [...this.earlier].filter((one) => !ancestors.has(one) && mayWrite(one));
    await Promise.all(parents.map(initializedOrFailed));
    const candidates = [...this.earlier].flatMap((one) =>
      ancestors.has(one) ? [one] : [one, ...descendantsOf(one)],
    );
    const ready = await Promise.all(
      [...new Set(candidates)].filter(isWriter).map(async (one) => {
        const isReady = await isResourceReady(one);
        // A run with targets creates no other resources, so these are ignored.
        return isReady || !runtime.isDryRun() || !(await resolveDestinations(one, one)).some(isSelected);
      }),
    );
    return ready.every(Boolean);
  }

  /**
   * Throws if a selected object is declared later: its resource may depend on the component, so the component cannot wait
   * for it. Checks only destinations that are known without waiting.
   */
  async rejectLater(isSelected: Selector): Promise<void> {
    for (const resource of resourcesBeside(this.component)) {
      const inputs = recordedInputs.get(resource);
      if (!inputs || this.isEarlier(resource)) continue;
      const known = await resolveNow(resolveDestinations(inputs, resource));
      const object = known?.find(isSelected);
      if (!object) continue;
      throw new InputError(
        "object-written-later",
        `s3://${object.bucket}/${object.key ?? ""} is selected, but the program writes it with a resource that is declared ` +
          "later. Declare that resource first, because the revision would otherwise contain the former object, or none.",
      );
    }
  }

  private isEarlier(resource: Resource): boolean {
    const ancestors = ancestorsOf(this.component);
    return [resource, ...ancestorsOf(resource)].some((one) => this.earlier.has(one) && !ancestors.has(one));
  }
}

/** Import jobs are excluded, because there are many, they take long, and they write nothing. */
function isWriter(resource: Resource): boolean {
  const type = typeTokenOf(resource);
  const inputs = recordedInputs.get(resource) ?? rememberedInputs(resource);
  // A job of a generated SDK that was declared before the first component may be an export.
  if (inputs && writers[type] === jobWriter) return isExport(inputs.type);
  if (inputs && writers[type] === jobSetWriter)
    return Output.isInstance(inputs.jobs) || jobTypesIn(inputs).some(isExport);
  return CustomResource.isInstance(resource) && Object.hasOwn(writers, type);
}

const isExport = (type: unknown): boolean => /^EXPORT_.*_S3$/.test(String(type));

/** Types of the jobs of a set, if the jobs were given as plain values. */
const jobTypesIn = ({ jobs }: Inputs): unknown[] =>
  Object.values((jobs ?? {}) as Record<string, { type?: unknown }>).map(({ type }) => type);

/** Of the components of this package, only those that export write objects. */
const mayWrite = (resource: Resource): boolean =>
  !/^dataexchange:index:(?!.*Export)/.test(typeTokenOf(resource));

/** Known destinations of a resource. A bucket that a preview does not know does not exist yet, so it is not listed. */
async function resolveDestinations(inputs: Inputs, resource: Resource): Promise<WrittenObject[]> {
  const resolved = await resolveInput(writers[typeTokenOf(resource)]!(inputs) as Input<WrittenObject[]>);
  if (resolved.known) return resolved.value;
  const { bucket } = inputs as { bucket?: Input<string> };
  const known = await resolveInput(bucket);
  return known.known && known.value !== undefined ? [{ bucket: known.value }] : [];
}

/** A failed component reports its own error. */
const initializedOrFailed = (resource: Resource): Promise<unknown> =>
  ComponentResource.isInstance(resource)
    ? waitUntilInitialized(resource).catch(() => undefined)
    : Promise.resolve();

/** Every resource that the program has declared so far, without the component itself. */
function resourcesBeside(component: Resource): Resource[] {
  const stack = runtime.getStackResource() as Resource | undefined;
  return stack ? descendantsOf(stack).filter((one) => one !== component) : [];
}

const descendantsOf = (resource: Resource): Resource[] =>
  childrenOf(resource).flatMap((child) => [child, ...descendantsOf(child)]);

function ancestorsOf(resource: Resource): Set<Resource> {
  const parent = parentOf(resource);
  return parent ? new Set([parent, ...ancestorsOf(parent)]) : new Set();
}

/** Inputs as the program gave them. Outputs of a resource that depends on the component would never resolve. */
const recordedInputs = new WeakMap<Resource, Inputs>();
const recordedStacks = new WeakSet<Resource>();

function recordInputs(): void {
  const stack = runtime.getStackResource() as Resource | undefined;
  if (!stack || recordedStacks.has(stack)) return;
  recordedStacks.add(stack);
  runtime.registerStackTransformation(({ resource, type, props }) => {
    if (Object.hasOwn(writers, type)) recordedInputs.set(resource, props);
    return undefined;
  });
}
