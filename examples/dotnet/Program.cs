using System.Collections.Generic;
using Pulumi;
using DataExchange = PulumiDataExchange.DataExchange;

return await Deployment.RunAsync(() =>
{
    var config = new Config();

    var dataSet = DataExchange.GetDataSet.Invoke(new()
    {
        Name = config.Require("dataSetName"),
        Origin = DataExchange.DataSetOrigin.Owned,
    });

    var prices = new DataExchange.Job("prices", new()
    {
        Type = DataExchange.JobType.ImportAssetsFromS3,
        Details = new DataExchange.Inputs.JobDetailsArgs
        {
            ImportAssetsFromS3 = new DataExchange.Inputs.ImportAssetsFromS3Args
            {
                DataSetId = dataSet.Apply(result => result.DataSetId),
                RevisionId = config.Require("revisionId"),
                AssetSources = new[]
                {
                    new DataExchange.Inputs.AssetSourceEntryArgs
                    {
                        Bucket = config.Require("bucket"),
                        Key = config.Require("key"),
                    },
                },
            },
        },
        OnDelete = DataExchange.OnDelete.DeleteAssets,
    });

    return new Dictionary<string, object?>
    {
        ["state"] = prices.State,
        ["asset"] = prices.Assets.Apply(assets => assets[0].Name),
    };
});
