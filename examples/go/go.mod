module github.com/pulumi-dataexchange/pulumi-dataexchange/examples/go

go 1.25

require (
	github.com/pulumi-dataexchange/pulumi-dataexchange/sdk/go v0.1.0
	github.com/pulumi/pulumi/sdk/v3 v3.259.0
)

replace github.com/pulumi-dataexchange/pulumi-dataexchange/sdk/go => ./sdks/dataexchange
