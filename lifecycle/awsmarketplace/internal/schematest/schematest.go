// Package schematest lets a test fail when a change set, or an entity that is
// described, does not have the shape that the Catalog API documents.
//
//	client := &http.Client{Transport: schematest.Transport(t, network)}
//	market := awsmarketplace.NewMarketplace(aws.Config{HTTPClient: client, …}, …)
//
// The JSON Schemas are in the schema folder: one for each change type of
// MachineLearningProduct@1.0 and Offer@1.0, and one for each of the two
// entities. Names, lengths, enumerations and expressions are those of the
// public shape library of the Catalog API. What a schema cannot say, such as
// that a change type appears once an entity and change set, is checked beside
// them.
package schematest

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// maxBody bounds what is read of a request or an answer.
const maxBody = 32 << 20

//go:embed schema/*.json
var files embed.FS

// Transport returns a transport that passes everything on to next. It marks the test as
// failed when a StartChangeSet request, one of its details documents, or a document in the
// answer of DescribeEntity or BatchDescribeEntities is not as documented. It is safe for
// concurrent use and must not be used after the test has ended.
func Transport(t testing.TB, next http.RoundTripper) http.RoundTripper {
	return &transport{t: t, next: next}
}

// Validate checks one details document of a change, or with an empty change
// type one entity document. The entity type may carry its version, such as
// "Offer@1.0". The error lists every fault with its place in the document.
func Validate(entityType, changeType string, document []byte) error {
	schema, err := find(entityType, changeType)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return fmt.Errorf("document of %s %s: %w", entityType, changeType, err)
	}
	return schema.Validate(value)
}

type transport struct {
	t    testing.TB
	next http.RoundTripper
}

// RoundTrip checks request and answer on the way.
func (s *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	operation := path.Base(r.URL.Path)
	if operation == "StartChangeSet" && r.Body != nil {
		body, err := drain(r.Body)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
		for _, fault := range checkRequest(body) {
			s.t.Errorf("StartChangeSet: %v", fault)
		}
	}
	response, err := s.next.RoundTrip(r)
	check, described := checkAnswers[operation]
	if err != nil || !described || response.StatusCode != http.StatusOK {
		return response, err
	}
	body, err := drain(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if json.Valid(body) { // an answer that was cut off is for the client to notice
		if err := check(body); err != nil {
			s.t.Errorf("%s: %v", operation, err)
		}
	}
	return response, nil
}

var (
	changeSetName = regexp.MustCompile(`^[\w\s+=.:@-]{1,100}$`)
	requestToken  = regexp.MustCompile(`^[!-~]{1,64}$`)
	changeName    = regexp.MustCompile(`^[a-zA-Z]{1,72}$`)
	identifier    = regexp.MustCompile(`^([\w-]+(@[1-9][0-9]*)?|\$[a-zA-Z]{1,72}\.Entity\.Identifier)$`)
)

func checkRequest(body []byte) (faults []error) {
	fail := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	var request struct {
		Catalog, ChangeSetName, ClientRequestToken, Intent string
		ChangeSetTags                                      tags
		ChangeSet                                          []struct {
			ChangeType, ChangeName string
			Entity                 struct{ Type, Identifier string }
			DetailsDocument        json.RawMessage
			Details                *string
			EntityTags             tags
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		fail("%w", err)
		return faults
	}
	if request.Catalog != "AWSMarketplace" {
		fail("Catalog is %q", request.Catalog)
	}
	if !changeSetName.MatchString(request.ChangeSetName) {
		fail("ChangeSetName is %q", request.ChangeSetName)
	}
	if !requestToken.MatchString(request.ClientRequestToken) {
		fail("ClientRequestToken is %q", request.ClientRequestToken)
	}
	if request.Intent != "" && request.Intent != "APPLY" && request.Intent != "VALIDATE" {
		fail("Intent is %q", request.Intent)
	}
	if err := request.ChangeSetTags.check(); err != nil {
		fail("ChangeSetTags: %w", err)
	}
	if n := len(request.ChangeSet); n < 1 || n > 20 {
		fail("ChangeSet has %d changes", n)
	}
	seen := map[string]bool{}
	for _, c := range request.ChangeSet {
		place := c.Entity.Type + " " + c.ChangeType
		if key := place + c.Entity.Identifier; seen[key] && c.Entity.Identifier != "" {
			fail("%s is there twice", place)
		} else {
			seen[key] = true
		}
		if creates := c.Entity.Identifier == ""; creates != strings.HasPrefix(c.ChangeType, "Create") {
			fail("%s has the identifier %q", place, c.Entity.Identifier)
		} else if !creates && !identifier.MatchString(c.Entity.Identifier) {
			fail("%s has the identifier %q", place, c.Entity.Identifier)
		}
		if err := c.EntityTags.check(); err != nil {
			fail("%s: EntityTags: %w", place, err)
		} else if c.EntityTags != nil && !strings.HasPrefix(c.ChangeType, "Create") {
			fail("%s has EntityTags but creates nothing", place)
		}
		if c.ChangeName != "" && !changeName.MatchString(c.ChangeName) {
			fail("%s has the name %q", place, c.ChangeName)
		}
		if c.Details != nil || c.DetailsDocument == nil {
			fail("%s has no DetailsDocument, or Details beside it", place)
			continue
		}
		if err := Validate(c.Entity.Type, c.ChangeType, c.DetailsDocument); err != nil {
			fail("%s: %w", place, err)
		}
	}
	return faults
}

var checkAnswers = map[string]func([]byte) error{"DescribeEntity": checkEntity, "BatchDescribeEntities": checkEntities}

func checkEntities(body []byte) error {
	var batch struct{ EntityDetails map[string]json.RawMessage }
	if err := json.Unmarshal(body, &batch); err != nil {
		return err
	}
	var faults []error
	for id, detail := range batch.EntityDetails {
		if err := checkEntity(detail); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", id, err))
		}
	}
	return errors.Join(faults...)
}

func checkEntity(body []byte) error {
	var entity struct {
		EntityType      string
		DetailsDocument json.RawMessage
	}
	if err := json.Unmarshal(body, &entity); err != nil {
		return err
	}
	return Validate(entity.EntityType, "", entity.DetailsDocument)
}

// tags are those of a change set or of an entity that is created.
type tags []struct{ Key, Value *string }

var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

func (all tags) check() error {
	if all != nil && (len(all) < 1 || len(all) > 50) {
		return fmt.Errorf("there are %d", len(all))
	}
	seen := map[string]bool{}
	for _, tag := range all {
		switch {
		case tag.Key == nil || tag.Value == nil:
			return errors.New("one has no key or no value")
		case len(*tag.Key) < 1 || len(*tag.Key) > 128 || len(*tag.Value) > 256 || !tagText.MatchString(*tag.Key+*tag.Value):
			return fmt.Errorf("%q is %q", *tag.Key, *tag.Value)
		case seen[*tag.Key]:
			return fmt.Errorf("%q is there twice", *tag.Key)
		}
		seen[*tag.Key] = true
	}
	return nil
}

func drain(body io.ReadCloser) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, maxBody))
	return data, errors.Join(err, body.Close())
}

var prefixes = map[string]string{"MachineLearningProduct": "ml", "Offer": "offer"}

func find(entityType, changeType string) (*jsonschema.Schema, error) {
	bare, _, _ := strings.Cut(entityType, "@")
	if changeType == "" {
		changeType = "entity"
	}
	all, err := schemas()
	if err != nil {
		return nil, err
	}
	schema, known := all[prefixes[bare]+"-"+changeType]
	if !known {
		return nil, fmt.Errorf("there is no schema for %s on %s", changeType, entityType)
	}
	return schema, nil
}

var schemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	entries, err := files.ReadDir("schema")
	if err != nil {
		return nil, err
	}
	compiled := map[string]*jsonschema.Schema{}
	for _, entry := range entries {
		data, err := files.ReadFile("schema/" + entry.Name())
		if err != nil {
			return nil, err
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		compiler := jsonschema.NewCompiler()
		location := "file:///" + entry.Name()
		if err := compiler.AddResource(location, document); err != nil {
			return nil, err
		}
		schema, err := compiler.Compile(location)
		if err != nil {
			return nil, err
		}
		compiled[strings.TrimSuffix(entry.Name(), ".json")] = schema
	}
	return compiled, nil
})
