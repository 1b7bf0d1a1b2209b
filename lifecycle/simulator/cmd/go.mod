module github.com/shelflife-go/shelflife/lifecycle/simulator/cmd

go 1.26.0

require (
	github.com/shelflife-go/shelflife v0.1.0
	github.com/stretchr/testify v1.12.1
	go.etcd.io/bbolt v1.4.3
)

require (
	github.com/google/uuid v1.6.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
