package wire

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxAnswer is the most bytes read of one answer: 16 MiB, several hundred
// times the largest document that the Catalog API documents.
const maxAnswer = 16 << 20

// boundAnswers keeps an answer without end from filling the memory. It stands
// next to the transport, so that nothing reads the body before it does.
func boundAnswers(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("BoundAnswers", func(
		ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
	) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		if response, ok := out.RawResponse.(*smithyhttp.Response); ok && response != nil && response.Body != nil {
			response.Body = &boundedBody{ReadCloser: response.Body, left: maxAnswer}
		}
		return out, metadata, err
	}), middleware.After)
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

// Read fails once the limit is passed; what ends at the limit is read whole.
func (b *boundedBody) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	return n, err
}
