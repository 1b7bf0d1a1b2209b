package awsmarketplace

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/marketplacecatalog/types"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/listing/rule"
)

// maxProblems bounds what one failure adds to a journal.
const maxProblems = 100

// rejection makes what a ValidationException says a refusal.
func rejection(refused *types.ValidationException, cause error) *lifecycle.Rejection {
	out := &lifecycle.Rejection{Cause: wire.Quiet(cause)}
	for _, f := range refused.ValidationExceptionFieldList {
		code := string(f.Reason)
		if code == "" {
			code = refused.ErrorCode()
		}
		message := aws.ToString(f.Message)
		if f.Field != nil {
			message = *f.Field + ": " + message
		}
		out.Problems = append(out.Problems, problem(code, message, aws.ToString(f.ChangeType)))
	}
	if len(out.Problems) == 0 {
		out.Problems = append(out.Problems, problem(refused.ErrorCode(), refused.ErrorMessage(), ""))
	}
	out.Problems = bounded(out.Problems)
	return out
}

func problem(code, message, changeType string) lifecycle.Problem {
	return lifecycle.Problem{Code: document.Cut(code, 100), Message: document.Cut(rule.Addresses(message), wire.MaxMessage), Change: document.Cut(changeType, 255)}
}

func bounded(problems []lifecycle.Problem) []lifecycle.Problem {
	if len(problems) <= maxProblems {
		return problems
	}
	more := problem("MORE", fmt.Sprintf("%d more problems were left out", len(problems)-maxProblems+1), "")
	return append(problems[:maxProblems-1:maxProblems-1], more)
}
