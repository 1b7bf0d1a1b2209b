package bucket_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iampolicy"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iamtest"
)

// s3Server is the part of S3 that Bucket uses: putting an object under a
// condition, and reading one without credentials.
type s3Server struct {
	t      testing.TB
	server *httptest.Server

	mu      sync.Mutex
	buckets map[string]*s3Bucket
	// before runs when a put has arrived, before it is looked at.
	before func()
	// lose lets that many puts take effect without an answer.
	lose int
	// damage changes the bytes of that many puts on the way.
	damage int
}

type s3Bucket struct {
	owner, region, policy string
	readOnly              bool
	objects               map[string]s3Object
	putting               map[string]bool
	writes                int
}

type s3Object struct {
	data                      []byte
	contentType, cacheControl string
}

func newS3(t testing.TB) *s3Server {
	s := &s3Server{t: t, buckets: map[string]*s3Bucket{}}
	s.server = httptest.NewTLSServer(s)
	t.Cleanup(s.server.Close)
	return s
}

// bucket makes one whose policy lets everybody read.
func (s *s3Server) bucket(name, policy string) *s3Bucket {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &s3Bucket{owner: "111122223333", region: "us-east-2", policy: policy, objects: map[string]s3Object{}, putting: map[string]bool{}}
	s.buckets[name] = b
	return b
}

// client reaches the server at any name.
func (s *s3Server) client() *http.Client {
	transport := s.server.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: transport.TLSClientConfig.RootCAs, ServerName: "example.com"}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.server.Listener.Addr().String())
	}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (s *s3Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, rest, virtual := strings.Cut(r.Host, ".s3.")
	key := strings.TrimPrefix(r.URL.Path, "/")
	if !virtual {
		name, key, _ = strings.Cut(key, "/")
	}
	s.mu.Lock()
	b := s.buckets[name]
	s.mu.Unlock()
	if b == nil {
		s.refuse(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	if virtual && !strings.HasPrefix(rest, b.region+".amazonaws.com") {
		s.refuse(w, http.StatusMovedPermanently, "PermanentRedirect")
		return
	}
	switch r.Method {
	case http.MethodPut:
		s.put(w, r, b, key)
	case http.MethodGet:
		s.get(w, r, b, name, key)
	default:
		s.t.Errorf("%s %s is not for this bucket", r.Method, r.URL)
		s.refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func (s *s3Server) put(w http.ResponseWriter, r *http.Request, b *s3Bucket, key string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	before := s.before
	if status, code := s.judge(r, b, key, body); code != "" {
		s.mu.Unlock()
		s.refuse(w, status, code)
		return
	}
	b.putting[key] = true
	s.mu.Unlock()
	if before != nil {
		before()
	}
	s.mu.Lock()
	delete(b.putting, key)
	b.writes++
	b.objects[key] = s3Object{data: body, contentType: r.Header.Get("Content-Type"), cacheControl: r.Header.Get("Cache-Control")}
	lost := s.lose > 0
	if lost {
		s.lose--
	}
	s.mu.Unlock()
	if lost {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusOK)
}

// judge says what S3 would say of a put, with the lock held.
func (s *s3Server) judge(r *http.Request, b *s3Bucket, key string, body []byte) (status int, code string) {
	if s.damage > 0 {
		s.damage--
		body[0] ^= 1
	}
	sum := sha256.Sum256(body)
	header := r.Header.Get
	_, exists := b.objects[key]
	for name := range r.Header {
		if name == "X-Amz-Acl" || strings.HasPrefix(name, "X-Amz-Grant-") {
			return http.StatusBadRequest, "AccessControlListNotSupported"
		}
	}
	switch {
	case !strings.HasPrefix(header("Authorization"), "AWS4-HMAC-SHA256 "), b.readOnly,
		header("X-Amz-Expected-Bucket-Owner") != "" && header("X-Amz-Expected-Bucket-Owner") != b.owner:
		return http.StatusForbidden, "AccessDenied"
	case !strings.Contains(header("Authorization"), "/"+b.region+"/s3/aws4_request"):
		return http.StatusBadRequest, "AuthorizationHeaderMalformed"
	case header("X-Amz-Checksum-Sha256") != base64.StdEncoding.EncodeToString(sum[:]):
		return http.StatusBadRequest, "BadDigest"
	case header("X-Amz-Content-Sha256") != hex.EncodeToString(sum[:]) && header("X-Amz-Content-Sha256") != "UNSIGNED-PAYLOAD":
		return http.StatusBadRequest, "XAmzContentSHA256Mismatch"
	case header("If-None-Match") == "*" && exists:
		return http.StatusPreconditionFailed, "PreconditionFailed"
	case header("If-None-Match") == "*" && b.putting[key]:
		return http.StatusConflict, "ConditionalRequestConflict"
	case exists:
		s.t.Errorf("%s is overwritten", key)
	}
	return 0, ""
}

func (s *s3Server) get(w http.ResponseWriter, r *http.Request, b *s3Bucket, name, key string) {
	if r.Header.Get("Authorization") != "" {
		s.t.Error("read with credentials")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	object, exists := b.objects[key]
	// Without the right to list, S3 does not tell what is missing from what is
	// forbidden.
	if !exists || !mayRead(s.t, b.policy, name+"/"+key) {
		s.refuse(w, http.StatusForbidden, "AccessDenied")
		return
	}
	w.Header().Set("Content-Type", object.contentType)
	_, _ = w.Write(object.data)
}

// mayRead reports whether the policy of a bucket lets everybody read the object.
func mayRead(t testing.TB, policy, object string) bool {
	if policy == "" {
		return false
	}
	forEverybody := slices.DeleteFunc(iamtest.Read(t, policy), func(s iampolicy.Statement) bool { return s.Principal != "*" })
	return iamtest.Allows(forEverybody, iamtest.Ask{Action: "s3:GetObject", Resource: "arn:aws:s3:::" + object})
}

func (s *s3Server) refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	type failure struct {
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
		RequestID     string `xml:"RequestId"`
	}
	if err := xml.NewEncoder(w).Encode(failure{Code: code, Message: "no", RequestID: "1"}); err != nil {
		s.t.Error(err)
	}
}
