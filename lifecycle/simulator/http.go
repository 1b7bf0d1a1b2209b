package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

const maxBody = 1 << 20 // bytes of request body

// apiError is an error answer as AWS words it.
type apiError struct {
	status  int
	code    string
	message string
	fields  []fieldError
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func invalid(reason, field, format string, args ...any) error {
	var f findings
	f.add(reason, field, format, args...)
	return f.err()
}

func notFound(format string, args ...any) error {
	return &apiError{http.StatusNotFound, "ResourceNotFoundException", fmt.Sprintf(format, args...), nil}
}

func denied(format string, args ...any) error {
	return &apiError{http.StatusForbidden, "AccessDeniedException", fmt.Sprintf(format, args...), nil}
}

func unsigned(format string, args ...any) error {
	return &apiError{http.StatusForbidden, "IncompleteSignatureException", fmt.Sprintf(format, args...), nil}
}

// err turns findings into one ValidationException; nil when there are none.
func (f *findings) err() error {
	if len(f.list) == 0 {
		return nil
	}
	message := strings.TrimSpace(f.list[0].Field + " " + f.list[0].Message)
	if n := len(f.list) - 1; n > 0 {
		message += fmt.Sprintf(" (and %d more)", n)
	}
	return &apiError{http.StatusUnprocessableEntity, "ValidationException", message, f.list}
}

// request is one API call on its way.
type request struct {
	operation string
	body      []byte // once decoded, in canonical form
	value     any    // the decoded body
	query     url.Values
	seller    string // who calls
	region    string // of the credential scope
	mutates   bool   // the state changed and has to be written before the answer
}

// decode reads the body: first its shape, then into a struct. A shape refuses unknown members, so a member whose case is
// wrong cannot slip through encoding/json, and from here on the body is in the form that the shape has seen.
func (r *request) decode(s shape, into any) error {
	v, err := decodeJSON(r.body)
	if err != nil {
		return invalid(cannotParse, "", "the body is not JSON: %v", err)
	}
	var f findings
	s(&f, "", v)
	if err := f.err(); err != nil {
		return err
	}
	r.value, r.body = v, canonical(v)
	return json.Unmarshal(r.body, into)
}

var identifierPattern = regexp.MustCompile(`^[\w-]+$`)

// parameter reads a query parameter of a call without a body.
func (r *request) parameter(name string, max int, pattern *regexp.Regexp) (string, error) {
	var f findings
	catalogShape(&f, "catalog", r.query.Get("catalog"))
	text(1, max, pattern)(&f, name, r.query.Get(name))
	return r.query.Get(name), f.err()
}

type operation struct {
	method, path, service string
	call                  func(*Simulator, *request) (any, error)
}

// operations are all calls the simulator answers, by name. The SageMaker ones share POST /.
var operations = map[string]operation{
	"StartChangeSet":        {http.MethodPost, "/StartChangeSet", "aws-marketplace", (*Simulator).startChangeSet},
	"DescribeChangeSet":     {http.MethodGet, "/DescribeChangeSet", "aws-marketplace", (*Simulator).describeChangeSet},
	"ListChangeSets":        {http.MethodPost, "/ListChangeSets", "aws-marketplace", (*Simulator).listChangeSets},
	"CancelChangeSet":       {http.MethodPatch, "/CancelChangeSet", "aws-marketplace", (*Simulator).cancelChangeSet},
	"DescribeEntity":        {http.MethodGet, "/DescribeEntity", "aws-marketplace", (*Simulator).describeEntity},
	"BatchDescribeEntities": {http.MethodPost, "/BatchDescribeEntities", "aws-marketplace", (*Simulator).batchDescribeEntities},
	"ListEntities":          {http.MethodPost, "/ListEntities", "aws-marketplace", (*Simulator).listEntities},
	"TagResource":           {http.MethodPost, "/TagResource", "aws-marketplace", (*Simulator).tagResource},
	"UntagResource":         {http.MethodPost, "/UntagResource", "aws-marketplace", (*Simulator).untagResource},
	"ListTagsForResource":   {http.MethodPost, "/ListTagsForResource", "aws-marketplace", (*Simulator).listTagsForResource},
	"DescribeModelPackage":  {http.MethodPost, "/", "sagemaker", (*Simulator).describeModelPackage},
	"DescribeAlgorithm":     {http.MethodPost, "/", "sagemaker", (*Simulator).describeAlgorithm},
}

const targetPrefix = "SageMaker."

// ServeHTTP answers one API call, or one call of the control interface under /_simulator/. Safe for concurrent use; calls
// are served one after another. It holds the answer back until the state is written.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		s.serveControl(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	name, op, known := route(r)
	switch {
	case !known:
		s.refuseUnread(w, op, "", &apiError{http.StatusNotFound, "UnknownOperationException", noOperation(r), nil})
		return
	case errors.As(err, new(*http.MaxBytesError)):
		s.refuseUnread(w, op, name, &apiError{http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", fmt.Sprintf("the body has more than %d bytes", maxBody), nil})
		return
	case err != nil:
		s.refuseUnread(w, op, name, invalid(cannotParse, "", "the body cannot be read"))
		return
	}
	answer, call, silence, err := s.serve(name, op, r, body)
	if silence != nil {
		s.note(call, 0, nil)
		silence.keep(r)
		hangUp(w)
		return
	}
	w.Header().Set("X-Amzn-RequestId", call.RequestID)
	if err != nil {
		s.note(call, writeError(w, op.service, err), err)
		return
	}
	s.note(call, http.StatusOK, nil)
	writeJSON(w, op.contentType(), http.StatusOK, answer)
}

// refuseUnread answers a call that was not looked at.
func (s *Simulator) refuseUnread(w http.ResponseWriter, op operation, name string, err error) {
	call := Call{At: s.Now(), Operation: name}
	s.note(call, writeError(w, op.service, err), err)
}

// route finds the operation of a request.
func route(r *http.Request) (string, operation, bool) {
	if target := r.Header.Get("X-Amz-Target"); r.URL.Path == "/" {
		name, ok := strings.CutPrefix(target, targetPrefix)
		op := operations[name]
		if !ok || op.path != "/" || r.Method != http.MethodPost {
			return "", operation{service: "sagemaker"}, false
		}
		return name, op, true
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	op, ok := operations[name]
	if !ok || op.path != r.URL.Path || op.method != r.Method {
		return "", operation{service: "aws-marketplace"}, false
	}
	return name, op, true
}

// serve runs one call under the lock and writes the state if it changed. silence is the fault that keeps the answer back, if
// there is one.
func (s *Simulator) serve(name string, op operation, hr *http.Request, body []byte) (answer any, call Call, silence *Fault, err error) {
	defer s.deliver()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.Calls[name]++
	s.calls++
	call = Call{At: s.st.Now, Operation: name}
	call.RequestID = uuid.NewSHA1(uuid.NameSpaceOID, []byte(fmt.Sprintf("%s/request/%d", s.st.Seller, s.calls))).String()
	r := &request{operation: name, body: body, query: hr.URL.Query(), seller: s.st.Seller}
	if err := op.admit(hr, r); err != nil {
		return nil, call, nil, err
	}
	call.Seller = r.seller
	if s.cfg.Quotas {
		if err := s.quota.take(r.seller, name, s.st.Now); err != nil {
			return nil, call, nil, err
		}
	}
	fault := s.takeFault(name)
	r.mutates = fault != nil
	answer, err = s.carryOut(op, r, fault)
	if r.mutates {
		if e := s.save(); e != nil {
			return nil, call, nil, e
		}
	}
	if !fault.silences() {
		fault = nil
	}
	return answer, call, fault, err
}

func (op operation) contentType() string {
	if op.service == "sagemaker" {
		return "application/x-amz-json-1.1"
	}
	return "application/json"
}

// admit checks what surrounds the body: the credential scope and the content type.
func (op operation) admit(hr *http.Request, r *request) error {
	key, region, err := scope(hr.Header.Get("Authorization"), op.service)
	if err != nil {
		return err
	}
	if accountPattern.MatchString(key) {
		r.seller = key
	}
	if r.region = region; op.service == "aws-marketplace" && region != "us-east-1" {
		return denied("the credential is scoped to region %.40q; the Catalog API is in us-east-1 only", region)
	}
	if op.method != http.MethodPost {
		if len(r.body) > 0 {
			return invalid(cannotParse, "", "%s has no body; its input are query parameters", r.operation)
		}
		return nil
	}
	got, _, err := mime.ParseMediaType(hr.Header.Get("Content-Type"))
	if err != nil || got != op.contentType() {
		return invalid(cannotParse, "", "Content-Type must be %s", op.contentType())
	}
	return nil
}

var credential = regexp.MustCompile(`^([\w.-]+)/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request$`)

// scope reads the key and the region out of a SigV4 header made for the service. The signature is there but not verified:
// the simulator knows no secrets.
func scope(header, service string) (key, region string, err error) {
	rest, ok := strings.CutPrefix(header, "AWS4-HMAC-SHA256 ")
	if !ok {
		return "", "", unsigned("the request is not signed: it needs an Authorization header with AWS4-HMAC-SHA256")
	}
	parts := map[string]string{}
	for _, p := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		parts[name] = value
	}
	if parts["SignedHeaders"] == "" || parts["Signature"] == "" {
		return "", "", unsigned("the Authorization header lacks SignedHeaders or Signature")
	}
	m := credential.FindStringSubmatch(parts["Credential"])
	if m == nil {
		return "", "", unsigned("the Authorization header has no Credential of the form <key>/<date>/<region>/<service>/aws4_request")
	}
	if m[3] != service {
		return "", "", denied("the credential is scoped to service %.40q; this call is one of %q", m[3], service)
	}
	return m[1], m[2], nil
}

type errorBody struct {
	Type    string `json:"__type"`
	Message string
	Fields  []fieldError `json:"ValidationExceptionFieldList,omitempty"`
}

func writeError(w http.ResponseWriter, service string, err error) (status int) {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{http.StatusInternalServerError, "InternalServiceException", err.Error(), nil}
	}
	contentType := "application/json"
	status = e.status
	if service == "sagemaker" {
		contentType = "application/x-amz-json-1.1"
		if status < 500 && status != http.StatusTooManyRequests {
			status = http.StatusBadRequest // its protocol knows no other client error
		}
	}
	w.Header().Set("X-Amzn-ErrorType", e.code)
	writeJSON(w, contentType, status, errorBody{e.code, e.message, e.fields})
	return status
}

func writeJSON(w http.ResponseWriter, contentType string, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil { // an entity document that cannot be encoded: nothing here makes one
		status, b = http.StatusInternalServerError, []byte(`{"__type":"InternalServiceException","Message":"the answer cannot be encoded"}`)
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// hangUp closes the connection without a word.
func hangUp(w http.ResponseWriter) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = c.Close()
		return
	}
	panic(http.ErrAbortHandler) // HTTP/2 and recorders: the documented way to abort a response
}
