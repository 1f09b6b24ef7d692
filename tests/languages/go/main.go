// The program of the life in Go.
package main

import (
	"github.com/pulumi-dataexchange/pulumi-dataexchange/sdk/go/dataexchange"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		text := func(key string) pulumi.StringInput { return pulumi.String(cfg.Require(key)) }
		imports := map[string]string{}
		_ = cfg.TryObject("imports", &imports)
		options := func(name string, more ...pulumi.ResourceOption) []pulumi.ResourceOption {
			if id, ok := imports[name]; ok {
				more = append(more, pulumi.Import(pulumi.ID(id)))
			}
			return more
		}

		prices, err := dataexchange.NewJob(ctx, "prices", &dataexchange.JobArgs{
			Type: dataexchange.JobTypeImportAssetsFromS3,
			Details: &dataexchange.JobDetailsArgs{
				ImportAssetsFromS3: &dataexchange.ImportAssetsFromS3Args{
					DataSetId:  text("dataSetId"),
					RevisionId: text("revisionId"),
					AssetSources: dataexchange.AssetSourceEntryArray{
						&dataexchange.AssetSourceEntryArgs{Bucket: pulumi.String("source"), Key: text("key")},
					},
				},
			},
		}, options("prices")...)
		if err != nil {
			return err
		}

		// The id of the asset is not known in a preview.
		_, err = dataexchange.NewJob(ctx, "copy", &dataexchange.JobArgs{
			Type: dataexchange.JobTypeExportAssetsToS3,
			Details: &dataexchange.JobDetailsArgs{
				ExportAssetsToS3: &dataexchange.ExportAssetsToS3Args{
					DataSetId:  text("dataSetId"),
					RevisionId: text("revisionId"),
					AssetDestinations: dataexchange.AssetDestinationEntryArray{
						&dataexchange.AssetDestinationEntryArgs{
							AssetId: prices.Assets.Index(pulumi.Int(0)).Id(),
							Bucket:  pulumi.String("copies"),
							Key:     pulumi.String("copy.csv"),
						},
					},
				},
			},
		}, options("copy")...)
		if err != nil {
			return err
		}

		// The engine shows the inputs of imported resources as the program gives them. Otherwise the plugin makes the key secret.
		var apiKey pulumi.StringPtrInput = pulumi.String("planted-api-key")
		if len(imports) > 0 {
			apiKey = pulumi.ToSecret(pulumi.String("planted-api-key")).(pulumi.StringOutput).ToStringPtrOutput()
		}
		_, err = dataexchange.NewJob(ctx, "quotes", &dataexchange.JobArgs{
			Type: dataexchange.JobTypeImportAssetFromApiGatewayApi,
			Details: &dataexchange.JobDetailsArgs{
				ImportAssetFromApiGatewayApi: &dataexchange.ImportAssetFromApiGatewayApiArgs{
					DataSetId:    text("apiDataSetId"),
					RevisionId:   text("apiRevisionId"),
					ApiId:        pulumi.String("abc123"),
					ApiName:      pulumi.String("quotes"),
					ApiKey:       apiKey,
					ProtocolType: dataexchange.ApiProtocolRest,
					Stage:        pulumi.String("prod"),
				},
			},
			Upload: pulumi.NewStringAsset(`{"openapi": "3.0.1", "info": {"title": "planted-document", "version": "1"}}`),
		}, options("quotes")...)
		if err != nil {
			return err
		}

		ireland, err := dataexchange.NewProvider(ctx, "ireland", &dataexchange.ProviderArgs{
			Region:    pulumi.String("eu-west-1"),
			AccessKey: pulumi.String("AKIDLOCALTEST"),
			SecretKey: pulumi.String("planted-secret-key"),
			Endpoints: dataexchange.ProviderEndpointArray{
				&dataexchange.ProviderEndpointArgs{
					Dataexchange: pulumi.String(cfg.Require("endpoint")),
					S3:           pulumi.String(cfg.Require("endpoint")),
					Sts:          pulumi.String(cfg.Require("endpoint")),
				},
			},
		})
		if err != nil {
			return err
		}
		terms, err := dataexchange.NewJob(ctx, "terms", &dataexchange.JobArgs{
			Type: dataexchange.JobTypeImportAssetFromSignedUrl,
			Details: &dataexchange.JobDetailsArgs{
				ImportAssetFromSignedUrl: &dataexchange.ImportAssetFromSignedUrlArgs{
					DataSetId:  text("irelandDataSetId"),
					RevisionId: text("irelandRevisionId"),
					AssetName:  pulumi.String("terms.txt"),
				},
			},
			Upload: pulumi.NewStringAsset("planted-text-of-an-upload"),
		}, options("terms", pulumi.Provider(ireland))...)
		if err != nil {
			return err
		}

		publication, err := dataexchange.NewRevisionPublication(ctx, "publication", &dataexchange.RevisionPublicationArgs{
			DataSetId: text("dataSetId"),
			Comment:   pulumi.String("Prices"),
			Contents: dataexchange.RevisionContentMap{
				"prices": &dataexchange.RevisionContentArgs{
					S3: &dataexchange.S3ContentArgs{
						Bucket: pulumi.String("source"),
						Keys:   pulumi.StringArray{pulumi.String("a.csv")},
					},
				},
			},
		})
		if err != nil {
			return err
		}

		// The id of the revision is not known in a preview.
		_, err = dataexchange.NewJob(ctx, "archive", &dataexchange.JobArgs{
			Type: dataexchange.JobTypeExportRevisionsToS3,
			Details: &dataexchange.JobDetailsArgs{
				ExportRevisionsToS3: &dataexchange.ExportRevisionsToS3Args{
					DataSetId: text("dataSetId"),
					RevisionDestinations: dataexchange.RevisionDestinationEntryArray{
						&dataexchange.RevisionDestinationEntryArgs{
							RevisionId: publication.RevisionId,
							Bucket:     pulumi.String("copies"),
							KeyPattern: pulumi.String("archive/${Asset.Name}"),
						},
					},
				},
			},
		})
		if err != nil {
			return err
		}

		ctx.Export("state", prices.State)
		ctx.Export("asset", prices.Assets.Index(pulumi.Int(0)).Name())
		ctx.Export("regions", pulumi.Array{prices.Region, terms.Region})
		ctx.Export("finalized", publication.Finalized)
		return nil
	})
}
