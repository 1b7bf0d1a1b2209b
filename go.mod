module github.com/shelflife-go/shelflife

go 1.23

require (
	github.com/google/uuid v1.6.0
	github.com/looplab/fsm v1.0.3
)
