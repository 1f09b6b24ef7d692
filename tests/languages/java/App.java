package quickstart;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.asset.StringAsset;
import com.pulumi.core.Output;
import com.pulumi.core.TypeShape;
import com.pulumi.resources.CustomResourceOptions;
import io.github.pulumidataexchange.dataexchange.Job;
import io.github.pulumidataexchange.dataexchange.JobArgs;
import io.github.pulumidataexchange.dataexchange.Provider;
import io.github.pulumidataexchange.dataexchange.ProviderArgs;
import io.github.pulumidataexchange.dataexchange.RevisionPublication;
import io.github.pulumidataexchange.dataexchange.RevisionPublicationArgs;
import io.github.pulumidataexchange.dataexchange.enums.ApiProtocol;
import io.github.pulumidataexchange.dataexchange.enums.JobType;
import io.github.pulumidataexchange.dataexchange.inputs.*;
import java.util.Map;

/** The program of the life in Java. */
public class App {
    public static void main(String[] args) {
        Pulumi.run(App::stack);
    }

    static void stack(Context ctx) {
        var config = ctx.config();
        var dataSetId = config.require("dataSetId");
        var revisionId = config.require("revisionId");
        var endpoint = config.require("endpoint");
        var imports = config.getObject("imports", TypeShape.map(String.class, String.class)).orElse(Map.of());

        var prices = new Job("prices", JobArgs.builder()
            .type(JobType.ImportAssetsFromS3)
            .details(JobDetailsArgs.builder()
                .importAssetsFromS3(ImportAssetsFromS3Args.builder()
                    .dataSetId(dataSetId)
                    .revisionId(revisionId)
                    .assetSources(AssetSourceEntryArgs.builder()
                        .bucket("source")
                        .key(config.require("key"))
                        .build())
                    .build())
                .build())
            .build(), options(imports, "prices").build());

        // The id of the asset is not known in a preview.
        new Job("copy", JobArgs.builder()
            .type(JobType.ExportAssetsToS3)
            .details(JobDetailsArgs.builder()
                .exportAssetsToS3(ExportAssetsToS3Args.builder()
                    .dataSetId(dataSetId)
                    .revisionId(revisionId)
                    .assetDestinations(AssetDestinationEntryArgs.builder()
                        .assetId(prices.assets().applyValue(assets -> assets.get(0).id()))
                        .bucket("copies")
                        .key("copy.csv")
                        .build())
                    .build())
                .build())
            .build(), options(imports, "copy").build());

        // The engine shows the inputs of imported resources as the program gives them. Otherwise the plugin makes the key secret.
        var apiKey = imports.isEmpty() ? Output.of("planted-api-key") : Output.ofSecret("planted-api-key");
        new Job("quotes", JobArgs.builder()
            .type(JobType.ImportAssetFromApiGatewayApi)
            .details(JobDetailsArgs.builder()
                .importAssetFromApiGatewayApi(ImportAssetFromApiGatewayApiArgs.builder()
                    .dataSetId(config.require("apiDataSetId"))
                    .revisionId(config.require("apiRevisionId"))
                    .apiId("abc123")
                    .apiName("quotes")
                    .apiKey(apiKey)
                    .protocolType(ApiProtocol.Rest)
                    .stage("prod")
                    .build())
                .build())
            .upload(new StringAsset(
                "{\"openapi\": \"3.0.1\", \"info\": {\"title\": \"planted-document\", \"version\": \"1\"}}"))
            .build(), options(imports, "quotes").build());

        var ireland = new Provider("ireland", ProviderArgs.builder()
            .region("eu-west-1")
            .accessKey("AKIDLOCALTEST")
            .secretKey("planted-secret-key")
            .endpoints(ProviderEndpointArgs.builder()
                .dataexchange(endpoint)
                .s3(endpoint)
                .sts(endpoint)
                .build())
            .build());
        var terms = new Job("terms", JobArgs.builder()
            .type(JobType.ImportAssetFromSignedUrl)
            .details(JobDetailsArgs.builder()
                .importAssetFromSignedUrl(ImportAssetFromSignedUrlArgs.builder()
                    .dataSetId(config.require("irelandDataSetId"))
                    .revisionId(config.require("irelandRevisionId"))
                    .assetName("terms.txt")
                    .build())
                .build())
            .upload(new StringAsset("planted-text-of-an-upload"))
            .build(), options(imports, "terms").provider(ireland).build());

        var publication = new RevisionPublication("publication", RevisionPublicationArgs.builder()
            .dataSetId(dataSetId)
            .comment("Prices")
            .contents(Map.of("prices", RevisionContentArgs.builder()
                .s3(S3ContentArgs.builder().bucket("source").keys("a.csv").build())
                .build()))
            .build());

        // The id of the revision is not known in a preview.
        new Job("archive", JobArgs.builder()
            .type(JobType.ExportRevisionsToS3)
            .details(JobDetailsArgs.builder()
                .exportRevisionsToS3(ExportRevisionsToS3Args.builder()
                    .dataSetId(dataSetId)
                    .revisionDestinations(RevisionDestinationEntryArgs.builder()
                        .revisionId(publication.revisionId())
                        .bucket("copies")
                        .keyPattern("archive/${Asset.Name}")
                        .build())
                    .build())
                .build())
            .build());

        ctx.export("state", prices.state());
        ctx.export("asset", prices.assets().applyValue(assets -> assets.get(0).name()));
        ctx.export("regions", Output.all(prices.region(), terms.region()));
        ctx.export("finalized", publication.finalized());
    }

    static CustomResourceOptions.Builder options(Map<String, String> imports, String name) {
        return CustomResourceOptions.builder().importId(imports.get(name));
    }
}
