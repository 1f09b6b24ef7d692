package quickstart;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import io.github.pulumidataexchange.dataexchange.DataexchangeFunctions;
import io.github.pulumidataexchange.dataexchange.Job;
import io.github.pulumidataexchange.dataexchange.JobArgs;
import io.github.pulumidataexchange.dataexchange.enums.DataSetOrigin;
import io.github.pulumidataexchange.dataexchange.enums.JobType;
import io.github.pulumidataexchange.dataexchange.enums.OnDelete;
import io.github.pulumidataexchange.dataexchange.inputs.AssetSourceEntryArgs;
import io.github.pulumidataexchange.dataexchange.inputs.GetDataSetArgs;
import io.github.pulumidataexchange.dataexchange.inputs.ImportAssetsFromS3Args;
import io.github.pulumidataexchange.dataexchange.inputs.JobDetailsArgs;

public class App {
    public static void main(String[] args) {
        Pulumi.run(App::stack);
    }

    static void stack(Context ctx) {
        var config = ctx.config();

        var dataSet = DataexchangeFunctions.getDataSet(GetDataSetArgs.builder()
            .name(config.require("dataSetName"))
            .origin(DataSetOrigin.Owned)
            .build());
        var source = AssetSourceEntryArgs.builder()
            .bucket(config.require("bucket"))
            .key(config.require("key"))
            .build();
        var objects = ImportAssetsFromS3Args.builder()
            .dataSetId(dataSet.applyValue(result -> result.dataSetId()))
            .revisionId(config.require("revisionId"))
            .assetSources(source)
            .build();
        var prices = new Job("prices", JobArgs.builder()
            .type(JobType.ImportAssetsFromS3)
            .details(JobDetailsArgs.builder().importAssetsFromS3(objects).build())
            .onDelete(OnDelete.DeleteAssets)
            .build());

        ctx.export("state", prices.state());
        ctx.export("asset", prices.assets().applyValue(assets -> assets.get(0).name()));
    }
}
