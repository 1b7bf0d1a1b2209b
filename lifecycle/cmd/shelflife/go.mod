module github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife

go 1.26.0

require (
	github.com/rogpeppe/go-internal v1.16.0
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	github.com/aws/aws-sdk-go-v2 v1.47.7
	github.com/aws/aws-sdk-go-v2/config v1.33.15
	github.com/aws/aws-sdk-go-v2/credentials v1.20.15
	github.com/aws/aws-sdk-go-v2/service/dynamodb v1.73.1
	github.com/google/uuid v1.6.0
	github.com/jackc/pgx/v5 v5.12.0
	github.com/shelflife-go/shelflife v0.1.0
	github.com/shelflife-go/shelflife/lifecycle/awsmarketplace v0.1.0
	github.com/shelflife-go/shelflife/lifecycle/dynamostore v0.1.0
	github.com/shelflife-go/shelflife/lifecycle/pgstore v0.1.0
	github.com/shelflife-go/shelflife/lifecycle/simulator/cmd v0.1.0
	github.com/shelflife-go/shelflife/lifecycle/sqlitestore v0.1.0
	golang.org/x/term v0.48.0
	github.com/spf13/cobra v1.10.2
	github.com/stretchr/testify v1.12.1
	go.yaml.in/yaml/v3 v3.0.6
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/looplab/fsm v1.0.3 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	golang.org/x/sys v0.26.0 // indirect
	golang.org/x/text v0.14.0 // indirect
	golang.org/x/tools v0.26.0 // indirect
)
