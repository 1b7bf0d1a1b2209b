package bucket_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/bucket"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/fixture"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/pricing"
)

// awsConfig is the configuration of a user whose S3 is the server.
func (s *s3Server) awsConfig() aws.Config {
	return aws.Config{Credentials: fixture.Credentials, HTTPClient: s.client()}
}

func (s *s3Server) config() bucket.Config {
	return bucket.Config{Name: "seller-files", Region: "us-east-2", Prefix: "marketplace/assets", Owner: "111122223333", HTTPClient: s.client()}
}

func (s *s3Server) newBucket(edit func(c *bucket.Config)) *bucket.Bucket {
	c := s.config()
	if edit != nil {
		edit(&c)
	}
	b, err := bucket.New(s.awsConfig(), c)
	require.NoError(s.t, err)
	return b
}

// public makes the bucket with the policy that lets everybody read.
func (s *s3Server) public() *s3Bucket {
	policy, err := bucket.Policy("seller-files", "marketplace/assets")
	require.NoError(s.t, err)
	return s.bucket("seller-files", policy)
}

func picture(t testing.TB, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 240, 120), color.Palette{color.White, color.Black})
	var out bytes.Buffer
	require.NoError(t, encode(&out, img))
	return out.Bytes()
}

var eula = []byte("You may use the model.\n")

func TestPutsFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data                   []byte
		extension, contentType string
		eula                   bool
	}{
		"png":  {lifecycletest.Logo(), ".png", "image/png", false},
		"jpeg": {picture(t, func(w *bytes.Buffer, i image.Image) error { return jpeg.Encode(w, i, nil) }), ".jpg", "image/jpeg", false},
		"gif":  {picture(t, func(w *bytes.Buffer, i image.Image) error { return gif.Encode(w, i, nil) }), ".gif", "image/gif", false},
		"eula": {eula, ".txt", "text/plain; charset=utf-8", true},
	} {
		for way, endpoint := range map[string]*string{"virtual host": nil, "endpoint": aws.String("https://storage.example")} {
			t.Run(name+" by "+way, func(t *testing.T) {
				t.Parallel()
				s := newS3(t)
				stored := s.public()
				cfg := s.awsConfig()
				cfg.BaseEndpoint = endpoint
				b, err := bucket.New(cfg, s.config())
				require.NoError(t, err)
				put := b.PutLogo
				if test.eula {
					put = b.PutEULA
				}
				url, err := put(t.Context(), test.data)
				require.NoError(t, err)
				sum := sha256.Sum256(test.data)
				key := "marketplace/assets/" + hex.EncodeToString(sum[:]) + test.extension
				assert.Equal(t, "https://seller-files.s3.us-east-2.amazonaws.com/"+key, url)
				assert.Equal(t, s3Object{test.data, test.contentType, "public, max-age=31536000, immutable"}, stored.objects[key])

				again, err := put(t.Context(), test.data)
				require.NoError(t, err)
				assert.Equal(t, url, again)
				assert.Equal(t, 1, stored.writes, "the second time it was there")

				fetched, err := awsmarketplace.NewAssets(s.client()).Fetch(t.Context(), url, listing.MaxLogoSize)
				require.NoError(t, err)
				assert.Equal(t, test.data, fetched)
			})
		}
	}
}

// What the marketplace would refuse is never put.
func TestChecksFirst(t *testing.T) {
	t.Parallel()
	s := newS3(t)
	stored := s.public()
	b := s.newBucket(nil)
	for name, data := range map[string][]byte{
		"nothing": nil, "text": eula, "webp": []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "huge": append(lifecycletest.Logo(), make([]byte, listing.MaxLogoSize)...),
	} {
		url, err := b.PutLogo(t.Context(), data)
		require.ErrorIs(t, err, listing.RuleLogo, name)
		assert.Contains(t, err.Error(), "promotion.logo", name)
		assert.Empty(t, url)
	}
	for name, data := range map[string][]byte{"nothing": nil, "PDF": []byte("%PDF-1.7"), "huge": bytes.Repeat([]byte("a"), pricing.MaxEULASize+1)} {
		_, err := b.PutEULA(t.Context(), data)
		require.ErrorIs(t, err, pricing.RuleEULAPlainText, name)
		assert.Contains(t, err.Error(), "offer.eula.url", name)
	}
	assert.Empty(t, stored.objects)
}

// A program can teach package image formats that the marketplace does not take.
func TestTakesThreeFormatsOnly(t *testing.T) {
	image.RegisterFormat("bmp", "BMtest", func(_ io.Reader) (image.Image, error) {
		return image.NewGray(image.Rect(0, 0, 240, 120)), nil
	}, func(_ io.Reader) (image.Config, error) {
		return image.Config{Width: 240, Height: 120, ColorModel: color.GrayModel}, nil
	})
	s := newS3(t)
	stored := s.public()
	_, err := s.newBucket(nil).PutLogo(t.Context(), []byte("BMtest"))
	require.ErrorIs(t, err, listing.RuleLogo)
	assert.Contains(t, err.Error(), "has the format bmp; give a PNG, JPG or GIF image")
	assert.Empty(t, stored.objects)
}

// Eight put the same file at once: it is written once, and all get its address.
func TestPutsOnceWhateverTheNumberOfWriters(t *testing.T) {
	t.Parallel()
	s := newS3(t)
	stored := s.public()
	arrived, others := make(chan struct{}), make(chan struct{})
	s.before = func() {
		close(arrived)
		<-others // until everybody else was told to come again
	}
	b := s.newBucket(nil)
	urls, first := make([]string, 8), make(chan error, 1)
	go func() {
		var err error
		urls[0], err = b.PutLogo(t.Context(), lifecycletest.Logo())
		first <- err
	}()
	<-arrived
	var wait sync.WaitGroup
	for i := range urls[1:] {
		wait.Add(1)
		go func() {
			defer wait.Done()
			_, err := b.PutLogo(t.Context(), lifecycletest.Logo())
			assert.ErrorIs(t, err, lifecycle.ErrUnavailable, i)
		}()
	}
	wait.Wait()
	close(others)
	require.NoError(t, <-first)
	for i := range urls[1:] {
		wait.Add(1)
		go func() {
			defer wait.Done()
			var err error
			urls[i+1], err = b.PutLogo(t.Context(), lifecycletest.Logo())
			assert.NoError(t, err)
		}()
	}
	wait.Wait()
	for _, url := range urls {
		assert.Equal(t, urls[0], url)
	}
	assert.Equal(t, 1, stored.writes)
}

func TestLostAnswerIsNotALostFile(t *testing.T) {
	t.Parallel()
	s := newS3(t)
	stored := s.public()
	s.lose = 1
	b := s.newBucket(nil)
	_, err := b.PutEULA(t.Context(), eula)
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	require.Len(t, stored.objects, 1)
	url, err := b.PutEULA(t.Context(), eula)
	require.NoError(t, err)
	assert.NotEmpty(t, url)
	assert.Equal(t, 1, stored.writes)
}

func TestDamagedOnTheWay(t *testing.T) {
	t.Parallel()
	s := newS3(t)
	stored := s.public()
	s.damage = 1
	b := s.newBucket(nil)
	_, err := b.PutLogo(t.Context(), lifecycletest.Logo())
	require.ErrorIs(t, err, lifecycle.ErrUnavailable)
	assert.Empty(t, stored.objects)
	_, err = b.PutLogo(t.Context(), lifecycletest.Logo())
	require.NoError(t, err)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		at      func(b *s3Bucket)
		config  func(c *bucket.Config)
		matches error
		says    string
		written bool
	}{
		"denied":        {at: func(b *s3Bucket) { b.readOnly = true }, matches: lifecycle.ErrDenied, says: "allow s3:PutObject on arn:aws:s3:::seller-files/marketplace/assets/*"},
		"foreign owner": {at: func(b *s3Bucket) { b.owner = "999900001111" }, matches: lifecycle.ErrDenied, says: "belongs to account 111122223333"},
		"no bucket":     {config: func(c *bucket.Config) { c.Name = "other-files" }, matches: lifecycle.ErrNotFound, says: "make it"},
		"other region":  {config: func(c *bucket.Config) { c.Region = "eu-west-1" }, says: "is not in eu-west-1"},
		"private":       {at: func(b *s3Bucket) { b.policy = "" }, matches: lifecycle.ErrNotFound, says: "bucket.Policy", written: true},
		"other prefix":  {config: func(c *bucket.Config) { c.Prefix = "elsewhere" }, matches: lifecycle.ErrNotFound, says: "without credentials", written: true},
		"other bytes": {at: func(b *s3Bucket) {
			sum := sha256.Sum256(eula)
			b.objects["marketplace/assets/"+hex.EncodeToString(sum[:])+".txt"] = s3Object{data: []byte("Forged."), contentType: "text/plain"}
		}, says: "other bytes", written: true},
		"more bytes": {at: func(b *s3Bucket) {
			sum := sha256.Sum256(eula)
			b.objects["marketplace/assets/"+hex.EncodeToString(sum[:])+".txt"] = s3Object{data: append(bytes.Clone(eula), '!'), contentType: "text/plain"}
		}, says: "other bytes", written: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newS3(t)
			stored := s.public()
			if test.at != nil {
				test.at(stored)
			}
			url, err := s.newBucket(test.config).PutEULA(t.Context(), eula)
			var failed *bucket.Error
			require.ErrorAs(t, err, &failed)
			assert.Empty(t, url)
			assert.NotEmpty(t, failed.Problem)
			assert.NotEmpty(t, failed.Remedy)
			assert.Contains(t, err.Error(), test.says)
			assert.NotContains(t, err.Error(), fixture.Secret.SecretAccessKey)
			if test.matches != nil {
				require.ErrorIs(t, err, test.matches)
			}
			assert.Equal(t, test.written, len(stored.objects) > 0)
			if test.written {
				assert.True(t, strings.HasPrefix(failed.URL, "https://seller-files.s3."))
			}
		})
	}
}

func TestThrottledAndUnavailable(t *testing.T) {
	t.Parallel()
	for code, test := range map[string]struct {
		status int
		want   error
	}{
		"SlowDown":           {http.StatusServiceUnavailable, lifecycle.ErrThrottled},
		"InternalError":      {http.StatusInternalServerError, lifecycle.ErrUnavailable},
		"RequestTimeout":     {http.StatusBadRequest, lifecycle.ErrUnavailable},
		"OperationAborted":   {http.StatusConflict, lifecycle.ErrUnavailable},
		"InvalidAccessKeyId": {http.StatusForbidden, lifecycle.ErrCredentials},
		"ExpiredToken":       {http.StatusBadRequest, lifecycle.ErrCredentials},
	} {
		asked := 0
		s := newS3(t)
		answer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked++
			s.refuse(w, test.status, code)
		}))
		cfg := s.awsConfig()
		cfg.HTTPClient, cfg.BaseEndpoint = answer.Client(), &answer.URL
		b, err := bucket.New(cfg, s.config())
		require.NoError(t, err)
		_, err = b.PutEULA(t.Context(), eula)
		answer.Close()
		require.ErrorIs(t, err, test.want, code)
		assert.Equal(t, 1, asked, "the caller retries")
	}
	s := newS3(t)
	s.public()
	cfg := s.awsConfig()
	noRole := &smithy.OperationError{ServiceID: "STS", OperationName: "AssumeRole", Err: &smithy.GenericAPIError{Code: "AccessDenied"}}
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, noRole })
	b, err := bucket.New(cfg, s.config())
	require.NoError(t, err)
	_, err = b.PutEULA(t.Context(), eula)
	require.ErrorIs(t, err, lifecycle.ErrCredentials)
	require.NotErrorAs(t, err, new(*bucket.Error), "the bucket is not what denies it")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.newBucket(nil).PutEULA(ended, eula)
	require.ErrorIs(t, err, context.Canceled)
}

func TestNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	s := newS3(t)
	for name, edit := range map[string]func(c *bucket.Config){
		"dots":         func(c *bucket.Config) { c.Name = "files.example.com" },
		"none":         func(c *bucket.Config) { c.Name = "" },
		"upper case":   func(c *bucket.Config) { c.Name = "Files" },
		"path":         func(c *bucket.Config) { c.Name = "files/logos" },
		"ARN":          func(c *bucket.Config) { c.Name = "arn:aws:s3:::files" },
		"directory":    func(c *bucket.Config) { c.Name = "files--use1-az5--x-s3" },
		"punycode":     func(c *bucket.Config) { c.Name = "xn--files" },
		"no region":    func(c *bucket.Config) { c.Region = "" },
		"China":        func(c *bucket.Config) { c.Region = "cn-north-1" },
		"government":   func(c *bucket.Config) { c.Region = "us-gov-west-1" },
		"host":         func(c *bucket.Config) { c.Region = "us-east-1.evil.example" },
		"parent":       func(c *bucket.Config) { c.Prefix = "a/../b" },
		"leading":      func(c *bucket.Config) { c.Prefix = "/a" },
		"double slash": func(c *bucket.Config) { c.Prefix = "a//b" },
		"blank":        func(c *bucket.Config) { c.Prefix = "a b" },
		"wildcard":     func(c *bucket.Config) { c.Prefix = "*" },
		"plus":         func(c *bucket.Config) { c.Prefix = "a+b" },
		"long":         func(c *bucket.Config) { c.Prefix = strings.Repeat("a", 512) },
		"owner":        func(c *bucket.Config) { c.Owner = "1111" },
	} {
		c := s.config()
		edit(&c)
		_, err := bucket.New(s.awsConfig(), c)
		var refused *bucket.Error
		require.ErrorAs(t, err, &refused, name)
		assert.NotEmpty(t, refused.Remedy, name)
	}
}

// TestAddressesAreTaken checks that whatever bucket is accepted gives
// addresses that the Catalog API takes.
func TestAddressesAreTaken(t *testing.T) {
	t.Parallel()
	s := newS3(t)
	taken := regexp.MustCompile(`^https:\/\/(www\.)?[-a-zA-Z0-9@._]{1,256}\.[a-zA-Z0-9()]{2,63}\b([-a-zA-Z0-9@_+.\/]*)$`)
	rapid.Check(t, func(rt *rapid.T) {
		c := bucket.Config{
			Name:   rapid.StringMatching(`[a-z0-9.-]{0,64}`).Draw(rt, "name"),
			Region: listing.Region(rapid.SampledFrom([]string{"us-east-1", "ap-southeast-2", "mx-central-1", "x"}).Draw(rt, "region")),
			Prefix: rapid.StringMatching(`[A-Za-z0-9_./ -]{0,20}`).Draw(rt, "prefix"), HTTPClient: s.client(),
		}
		cfg := s.awsConfig()
		cfg.BaseEndpoint = &s.server.URL
		b, err := bucket.New(cfg, c)
		if err != nil {
			var refused *bucket.Error
			require.ErrorAs(rt, err, &refused)
			return
		}
		policy, err := bucket.Policy(c.Name, c.Prefix)
		require.NoError(rt, err)
		s.bucket(c.Name, policy).region = string(c.Region)
		url, err := b.PutEULA(context.Background(), eula)
		require.NoError(rt, err)
		require.Regexp(rt, taken, url)
		require.LessOrEqual(rt, len(url), 2_048)
	})
}

func TestGoldenBucketPolicy(t *testing.T) {
	t.Parallel()
	policy, err := bucket.Policy("seller-files", "marketplace/assets/")
	require.NoError(t, err)
	golden.Equal(t, "testdata/policy.json", policy+"\n")
	_, err = bucket.Policy("seller-files", "../")
	var refused *bucket.Error
	require.ErrorAs(t, err, &refused)
}

// The configuration usually comes from config.LoadDefaultConfig.
func Example() {
	cfg := aws.Config{}
	_, err := bucket.New(cfg, bucket.Config{Name: "files.example.com", Region: "us-east-2"})
	fmt.Println(err)

	files, err := bucket.New(cfg, bucket.Config{
		Name: "seller-files", Region: "us-east-2", Prefix: "marketplace", Owner: "111122223333",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = files.PutEULA(context.Background(), []byte("%PDF-1.7"))
	fmt.Println(errors.Is(err, pricing.RuleEULAPlainText))
	fmt.Println(err)
	// Output:
	// bucket "files.example.com": the name has a dot, so that no certificate is valid for it; use a bucket without dots in its name
	// true
	// offer.eula.url: is a PDF; save it as plain text in UTF-8 and upload that (eula.plain-text)
}

func ExamplePolicy() {
	policy, err := bucket.Policy("seller-files", "marketplace")
	fmt.Println(policy, err)
	// Output:
	// {
	//   "Version": "2012-10-17",
	//   "Statement": [
	//     {
	//       "Sid": "ReadListingFiles",
	//       "Effect": "Allow",
	//       "Principal": "*",
	//       "Action": "s3:GetObject",
	//       "Resource": "arn:aws:s3:::seller-files/marketplace/*"
	//     }
	//   ]
	// } <nil>
}
