package main

import (
	"github.com/pulumi-dataexchange/pulumi-dataexchange/sdk/go/dataexchange"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		dataSet := dataexchange.GetDataSetOutput(ctx, dataexchange.GetDataSetOutputArgs{
			Name:   pulumi.String(cfg.Require("dataSetName")),
			Origin: dataexchange.DataSetOriginOwned,
		})
		source := &dataexchange.AssetSourceEntryArgs{
			Bucket: pulumi.String(cfg.Require("bucket")),
			Key:    pulumi.String(cfg.Require("key")),
		}
		prices, err := dataexchange.NewJob(ctx, "prices", &dataexchange.JobArgs{
			Type: dataexchange.JobTypeImportAssetsFromS3,
			Details: &dataexchange.JobDetailsArgs{
				ImportAssetsFromS3: &dataexchange.ImportAssetsFromS3Args{
					DataSetId:    dataSet.DataSetId(),
					RevisionId:   pulumi.String(cfg.Require("revisionId")),
					AssetSources: dataexchange.AssetSourceEntryArray{source},
				},
			},
			OnDelete: dataexchange.OnDeleteDeleteAssets,
		})
		if err != nil {
			return err
		}
		ctx.Export("state", prices.State)
		ctx.Export("asset", prices.Assets.Index(pulumi.Int(0)).Name())
		return nil
	})
}
