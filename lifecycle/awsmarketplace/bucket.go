package awsmarketplace

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
)

// Bucket puts the files that a listing refers to, its logo and its EULA, into an
// S3 bucket of the seller, where the marketplace can read them. Make one with
// [NewBucket]; the zero value does not work. It is safe for concurrent use.
//
// A file is named by its own SHA-256, so that a new one never takes the place of
// one that a listing or an agreement refers to, and putting the same one twice,
// in sequence or at once, is putting it once. Nothing is ever overwritten or
// deleted. No ACL is sent: anybody may read the files because the policy of the
// bucket says so (see [BucketPolicy]), and nobody but the seller may write.
//
// The credentials need s3:PutObject on what is under the prefix, and nothing
// else. A file that was put is fetched again without credentials, as the
// marketplace will, and compared.
type Bucket struct {
	config BucketConfig
	client *s3.Client
	assets *Assets
}

// BucketConfig says where files are put.
type BucketConfig struct {
	// Name is the bucket's, without dots: with them no certificate would be
	// valid for the address of a file.
	Name string
	// Region is where the bucket is.
	Region listing.Region
	// Prefix is the folder of the files, such as "marketplace/assets". Empty is
	// the top of the bucket.
	Prefix string
	// Owner is the seller's account. When it is given, a bucket that belongs to
	// somebody else is never written to; give it.
	Owner listing.AccountID
	// HTTPClient fetches the files again. Nil stands for [http.DefaultClient].
	HTTPClient *http.Client
}

// BucketError is a bucket that cannot be used, or a file that is not where the
// marketplace could read it. It is matched with errors.As, and matches its cause.
type BucketError struct {
	// Bucket is the name of the bucket.
	Bucket string
	// URL is the address of the file; empty if it is not about one.
	URL string
	// Problem is what is wrong, and Remedy what to do.
	Problem, Remedy string
	// Cause is the error underneath, or nil.
	Cause error
}

// Error names the bucket, the problem and the remedy.
func (e *BucketError) Error() string {
	text := fmt.Sprintf("bucket %q: %s; %s", wire.Shorten(e.Bucket, 100), e.Problem, e.Remedy)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *BucketError) Unwrap() error { return e.Cause }

// NewBucket returns a Bucket with the credentials, the HTTP client and the
// endpoint of cfg. Region and retries of cfg are not used. The error is a [*BucketError] for a
// bucket that could not hold what the marketplace reads.
func NewBucket(cfg aws.Config, bucket BucketConfig) (*Bucket, error) {
	bucket, err := bucket.settled()
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(wire.Config(cfg, string(bucket.Region)), func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil // the endpoint's host is as it was given
	})
	return &Bucket{config: bucket, client: client, assets: NewAssets(bucket.HTTPClient)}, nil
}

// PutLogo puts the image of a logo, and returns its address for
// [listing.Promotion].
//
// Bytes that [listing.CheckLogo] finds fault with are not sent; the error is its
// violations. Its advice does not hold the image back. Other errors match
// [lifecycle.ErrDenied], [lifecycle.ErrThrottled] and [lifecycle.ErrUnavailable],
// after the latter two of which putting it again is safe, or are a
// [*BucketError]: with [lifecycle.ErrNotFound] as its cause for a bucket that
// does not exist, and for a file that was put but that nobody may read. Then its
// URL is the address.
func (b *Bucket) PutLogo(ctx context.Context, data []byte) (url string, err error) {
	kind, err := checkLogo(data)
	if err != nil {
		return "", err
	}
	return b.put(ctx, data, kind)
}

// PutEULA puts the text of an end user license agreement, and returns its
// address for [pricing.EULA]. Bytes that [pricing.CheckEULA] finds fault with
// are not sent; the errors are like those of PutLogo.
func (b *Bucket) PutEULA(ctx context.Context, data []byte) (url string, err error) {
	if err := checkEULA(data); err != nil {
		return "", err
	}
	return b.put(ctx, data, fileKind{".txt", "text/plain; charset=utf-8"})
}

type fileKind struct{ extension, contentType string }

var logoKinds = map[string]fileKind{
	"png": {".png", "image/png"}, "jpeg": {".jpg", "image/jpeg"}, "gif": {".gif", "image/gif"},
}

// checkLogo returns what kind of file a logo is, or what is wrong with it.
func checkLogo(data []byte) (fileKind, error) {
	if err := listing.CheckLogo(data).Err(); err != nil {
		return fileKind{}, err
	}
	_, format, err := image.DecodeConfig(bytes.NewReader(data))
	kind, taken := logoKinds[format]
	if err != nil || !taken { // a program can teach package image other formats
		return fileKind{}, rule.Violations{{Rule: listing.RuleLogo, Path: "promotion.logo",
			Problem: "has the format " + format, Remedy: "give a PNG, JPG or GIF image"}}
	}
	return kind, nil
}

func checkEULA(data []byte) error { return pricing.CheckEULA(data).Under("offer").Err() }

func (b *Bucket) put(ctx context.Context, data []byte, kind fileKind) (string, error) {
	sum := sha256.Sum256(data)
	key := b.config.Prefix + hex.EncodeToString(sum[:]) + kind.extension
	url := b.config.host() + "/" + key
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket:         aws.String(b.config.Name),
		Key:            aws.String(key),
		Body:           bytes.NewReader(data),
		ContentLength:  aws.Int64(int64(len(data))),
		ContentType:    aws.String(kind.contentType),
		CacheControl:   aws.String("public, max-age=31536000, immutable"),
		ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(sum[:])),
		IfNoneMatch:    aws.String("*"),

		ExpectedBucketOwner: wire.Optional(string(b.config.Owner)),
	})
	if err != nil && !isThere(err) {
		return "", b.failed(ctx, url, err)
	}
	if err := b.compare(ctx, url, data); err != nil {
		return "", err
	}
	return url, nil
}

// compare looks at the file as the marketplace will.
func (b *Bucket) compare(ctx context.Context, url string, data []byte) error {
	unreadable := &BucketError{Bucket: b.config.Name, URL: url, Problem: "the file is there, but cannot be read without credentials",
		Remedy: "set what BucketPolicy gives as the policy of the bucket, and let its public access block allow public policies"}
	got, err := b.assets.Fetch(ctx, url, int64(len(data))+1)
	switch {
	case errors.Is(err, lifecycle.ErrNotFound):
		unreadable.Cause = err
		return unreadable
	case err != nil:
		return err
	case !bytes.Equal(got, data):
		unreadable.Problem = "the address leads to other bytes than were put"
		unreadable.Remedy = "look for what writes to the bucket or stands in front of it"
		return unreadable
	}
	return nil
}

// isThere reports that a file with the name, and so with the same bytes, was
// there before.
func isThere(err error) bool {
	var response *smithyhttp.ResponseError
	return errors.As(err, &response) && response.HTTPStatusCode() == http.StatusPreconditionFailed
}

// failed tells what S3 means.
func (b *Bucket) failed(ctx context.Context, url string, err error) error {
	var api smithy.APIError
	if ctx.Err() != nil || !errors.As(err, &api) {
		return wire.Classify(ctx, err)
	}
	switch api.ErrorCode() {
	case "NoSuchBucket":
		return &BucketError{Bucket: b.config.Name, Problem: "does not exist", Remedy: "make it, or correct its name",
			Cause: fmt.Errorf("%w: %w", lifecycle.ErrNotFound, err)}
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "TemporaryRedirect", "IllegalLocationConstraintException":
		return &BucketError{Bucket: b.config.Name, Problem: fmt.Sprintf("is not in %s", b.config.Region), Remedy: "give the Region that it is in", Cause: err}
	case "ConditionalRequestConflict", "OperationAborted", // somebody else puts it right now
		"BadDigest", "XAmzContentSHA256Mismatch", "RequestTimeout", "IncompleteBody": // damaged on the way
		return fmt.Errorf("%w: %w", lifecycle.ErrUnavailable, err)
	case "AccessDenied":
		remedy := "allow s3:PutObject on " + b.config.objects()
		if b.config.Owner != "" {
			remedy += ", and make sure that the bucket belongs to account " + string(b.config.Owner)
		}
		return &BucketError{Bucket: b.config.Name, URL: url, Problem: "the file may not be put there", Remedy: remedy,
			Cause: fmt.Errorf("%w: %w", lifecycle.ErrDenied, err)}
	}
	return wire.Classify(ctx, err)
}
