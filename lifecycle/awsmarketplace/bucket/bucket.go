// Package bucket uploads the files that a listing refers to, its logo and its
// EULA, to an S3 bucket of the seller, from which the marketplace reads them.
//
//	files, err := bucket.New(cfg, bucket.Config{
//		Name: "our-listings", Region: "us-east-2", Owner: "111122223333",
//	})
//	…
//	draft.Promotion.Logo, err = files.PutLogo(ctx, png)
//
// A file is checked, then uploaded under a name made from its SHA-256, then
// fetched without credentials, as the marketplace will fetch it, and compared.
// Because of such names a new file never replaces one that a listing or an
// agreement refers to, and uploading a file twice, even at the same time, is the
// same as uploading it once. Nothing is ever overwritten or deleted.
//
// # What it needs
//
// The bucket must exist, its policy must let everybody read the files, and its
// public access block must allow such a policy. [Policy] writes the policy. No ACL
// is sent. The credentials need s3:PutObject on what is under the prefix, and
// nothing else.
//
// This package was never tried on S3 itself, only on the server of its tests.
package bucket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/asset"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing/document"
)

// Bucket uploads files to one S3 bucket. Make one with [New]; the zero value does
// not work. It is safe for concurrent use.
type Bucket struct {
	config Config
	client *s3.Client
	assets *awsmarketplace.Assets
}

// New returns a Bucket that uses the credentials, the HTTP client and the
// endpoint of cfg. It does not use the Region and the retries of cfg. The error
// is an [*Error] for a configuration with which the marketplace could not read
// the files.
func New(cfg aws.Config, config Config) (*Bucket, error) {
	config, err := config.settled()
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(wire.Config(cfg, string(config.Region)), func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil // the endpoint's host is as it was given
	})
	return &Bucket{config: config, client: client, assets: awsmarketplace.NewAssets(config.HTTPClient)}, nil
}

// PutLogo uploads the image of a logo and returns its address, for
// [listing.Promotion].
//
// It does not upload an image that breaks a rule of [listing.CheckLogo] and
// returns the violations; advice alone does not stop it. It returns an [*Error]
// that matches [lifecycle.ErrNotFound] if the bucket does not exist, or if the
// file was uploaded but cannot be read without credentials; and one that matches
// [lifecycle.ErrDenied] if the credentials may not upload it. It returns an error
// that matches [lifecycle.ErrThrottled] or [lifecycle.ErrUnavailable] if another
// call may succeed; calling it again is safe after any error. If ctx has ended,
// it returns the error or the cause of ctx.
func (b *Bucket) PutLogo(ctx context.Context, data []byte) (url string, err error) {
	format, err := asset.Logo(data)
	if err != nil {
		return "", err
	}
	extension := "." + format
	if format == "jpeg" {
		extension = ".jpg"
	}
	return b.put(ctx, data, extension, "image/"+format)
}

// PutEULA uploads the text of an end user license agreement and returns its
// address, for pricing.EULA. It does not upload a text that breaks a rule of
// pricing.CheckEULA and returns the violations. Other errors are those of
// PutLogo.
func (b *Bucket) PutEULA(ctx context.Context, data []byte) (url string, err error) {
	if err := asset.EULA(data); err != nil {
		return "", err
	}
	return b.put(ctx, data, ".txt", "text/plain; charset=utf-8")
}

// Error says why a bucket cannot be used, or why the marketplace could not read a
// file. Find it with errors.As; it matches its cause.
type Error struct {
	// Bucket is the name of the bucket.
	Bucket string
	// URL is the address of the file; empty if the error is not about a file.
	URL string
	// Problem says what is wrong, and Remedy what to do.
	Problem, Remedy string
	// Cause is the error underneath, or nil.
	Cause error
}

// Error returns the bucket, the problem, the remedy and the cause on one line.
func (e *Error) Error() string {
	text := fmt.Sprintf("bucket %q: %s; %s", document.Cut(e.Bucket, 100), e.Problem, e.Remedy)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return document.Printable(document.Cut(text, wire.MaxMessage))
}

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

func (b *Bucket) put(ctx context.Context, data []byte, extension, contentType string) (string, error) {
	sum := sha256.Sum256(data)
	key := b.config.Prefix + hex.EncodeToString(sum[:]) + extension
	url := b.config.host() + "/" + key
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket:         aws.String(b.config.Name),
		Key:            aws.String(key),
		Body:           bytes.NewReader(data),
		ContentLength:  aws.Int64(int64(len(data))),
		ContentType:    aws.String(contentType),
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

// compare fetches the file as the marketplace will, and compares it.
func (b *Bucket) compare(ctx context.Context, url string, data []byte) error {
	unreadable := &Error{Bucket: b.config.Name, URL: url, Problem: "the file is there, but cannot be read without credentials",
		Remedy: "set what bucket.Policy returns as the policy of the bucket, and let its public access block allow public policies"}
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

// isThere reports whether S3 refused because a file with the name, and so with
// the same bytes, was there already.
func isThere(err error) bool {
	var response *smithyhttp.ResponseError
	return errors.As(err, &response) && response.HTTPStatusCode() == http.StatusPreconditionFailed
}

// failed returns what an error of S3 means.
func (b *Bucket) failed(ctx context.Context, url string, err error) error {
	var api smithy.APIError
	class := wire.Classify(ctx, err)
	if ctx.Err() != nil || errors.Is(class, lifecycle.ErrCredentials) || !errors.As(err, &api) {
		return class
	}
	switch api.ErrorCode() {
	case "NoSuchBucket":
		return &Error{Bucket: b.config.Name, Problem: "does not exist", Remedy: "make it, or correct its name",
			Cause: fmt.Errorf("%w: %w", lifecycle.ErrNotFound, wire.Quiet(err))}
	case "PermanentRedirect", "AuthorizationHeaderMalformed", "TemporaryRedirect", "IllegalLocationConstraintException":
		return &Error{Bucket: b.config.Name, Problem: fmt.Sprintf("is not in %s", b.config.Region), Remedy: "give the Region that it is in", Cause: wire.Quiet(err)}
	case "ConditionalRequestConflict", "OperationAborted", // somebody else puts it right now
		"BadDigest", "XAmzContentSHA256Mismatch", "RequestTimeout", "IncompleteBody": // damaged on the way
		return fmt.Errorf("%w: %w", lifecycle.ErrUnavailable, wire.Quiet(err))
	case "AccessDenied":
		remedy := "allow s3:PutObject on " + b.config.objects()
		if b.config.Owner != "" {
			remedy += ", and make sure that the bucket belongs to account " + string(b.config.Owner)
		}
		return &Error{Bucket: b.config.Name, URL: url, Problem: "the file may not be put there", Remedy: remedy,
			Cause: class}
	}
	return class
}
