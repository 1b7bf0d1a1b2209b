# make            build and test everything
# make race       the same with the race detector
# make lint       vet, format and lint
# make golden     write the generated parts of the documentation again
# make fuzz       run every fuzz target for a while: make fuzz FUZZTIME=1m
# make bench      measure against what others would take, and keep the table in docs/performance.md (10 min)
# make stores     run the suite on every store, and keep the table in docs/stores.md
# make races      call the stores from many processes, and kill 500 of them for each (5 min)
# make mutate     make a thousand small faults in the rules and see each noticed (an hour)
# make tidy       go mod tidy in every module, and the versions of our own
# make rehearse   get, install and run everything from outside, as others will
# make release    set the version in every module and print the tags: make release VERSION=v0.1.0
# make ci         what has to pass before a change lands

FUZZTIME ?= 10s

.PHONY: all race lint golden fuzz bench stores races pictures mutate tidy rehearse release ci

all:
	go build work
	go test work

race:
	go test -race work

lint:
	go vet work
	@test -z "$$(gofmt -s -l .)" || { gofmt -s -l .; exit 1; }
	@for dir in $$(go list -m -f '{{.Dir}}'); do (cd $$dir && golangci-lint run ./...) || exit 1; done

golden:
	UPDATE_GOLDEN=1 go test -run 'Golden|README' work

fuzz:
	@for pkg in $$(go list work); do \
		for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$pkg || exit 1; \
		done; \
	done

bench:
	cd .ci/bench && GOWORK=off go run . -write ../../docs/performance.md

stores:
	. .ci/servers; export SHELFLIFE_STORETEST_RESULTS=$$(mktemp -d); \
	dynamodb_local_suite && \
	go test -run '^TestStore' ./lifecycle/memstore ./lifecycle/sqlitestore ./lifecycle/pgstore ./lifecycle/dynamostore ./examples/store && \
	cd .ci/stores && export GOWORK=off && go test -run '^TestNcruces$$' . && go run ./table $$SHELFLIFE_STORETEST_RESULTS ../../docs/stores.md

races:
	. .ci/servers; cd .ci/stores && GOWORK=off SHELFLIFE_KILLS=500 SHELFLIFE_HISTORY=20000 go test -count=1 -timeout 30m -parallel 8 \
		-run 'TestLinearizable$$|TestKilledAtRandomInstants$$' -v ./...

pictures:
	. .ci/servers; cd .ci/browser && GOWORK=off SHELFLIFE_PICTURES=1 go test -count=1 -run '^TestPictures$$' ./...

mutate:
	go run ./.ci/mutate

tidy:
	go run ./.ci/release tidy

rehearse:
	go run ./.ci/release rehearse

release:
	go run ./.ci/release prepare $(VERSION)

ci:
	.ci/run
