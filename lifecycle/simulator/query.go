package simulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
)

type entityDetail struct {
	EntityType       string
	EntityIdentifier string
	EntityArn        string
	LastModifiedDate string
	DetailsDocument  json.RawMessage
}

type entityAnswer struct {
	entityDetail
	Details string `json:",omitempty"` // the legacy member, while it fits
}

const maxDetails = 16384

func (s *Simulator) describeEntity(r *request) (any, error) {
	id, err := r.parameter("entityId", 255, identifierPattern)
	if err != nil {
		return nil, err
	}
	detail, err := s.entityDetail(r, id)
	if err != nil {
		return nil, err
	}
	out := entityAnswer{entityDetail: detail}
	if len(detail.DetailsDocument) <= maxDetails {
		out.Details = string(detail.DetailsDocument)
	}
	return out, nil
}

// Identifiers of entities that exist in AWS Marketplace, but not here.
var foreignEntity = regexp.MustCompile(`^(?:resaleauthz|offerset)-`)

func (s *Simulator) entityDetail(r *request, id string) (entityDetail, error) {
	if foreignEntity.MatchString(id) {
		return entityDetail{}, &apiError{http.StatusUnsupportedMediaType, "ResourceNotSupportedException", onlySimulated + ", not what " + id + " names", nil}
	}
	e := s.st.entity(r.seller, id)
	if e == nil {
		return entityDetail{}, notFound("entity %s does not exist or is not yours", id)
	}
	doc, err := s.document(e)
	if err != nil {
		return entityDetail{}, err
	}
	return entityDetail{
		EntityType: e.versionedType(), EntityIdentifier: e.identifier(), EntityArn: e.arn(),
		LastModifiedDate: timestamp(e.Modified), DetailsDocument: doc,
	}, nil
}

// document is what DescribeEntity answers.
func (s *Simulator) document(e *entity) (json.RawMessage, error) {
	if e.Product != nil {
		return json.Marshal(e.Product)
	}
	doc := e.Offer.document(e.ID)
	for i, t := range doc.Terms {
		if t.Type == termLegal {
			doc.Terms[i].Documents = s.legalCopies(e, t.Documents)
		}
	}
	return json.Marshal(doc)
}

// modelEntityID is the pattern of an id in a batch, which is another one than that of DescribeEntity.
var modelEntityID = regexp.MustCompile(`^[a-zA-Z0-9][.a-zA-Z0-9/-]+[a-zA-Z0-9]$`)

var batchShape = object(
	need("EntityRequestList", list(1, 20, object(
		need("Catalog", catalogShape),
		need("EntityId", text(1, 255, modelEntityID)),
	))),
)

type batchError struct{ ErrorCode, ErrorMessage string }

type batchAnswer struct {
	EntityDetails map[string]any
	Errors        map[string]batchError
}

func (s *Simulator) batchDescribeEntities(r *request) (any, error) {
	var in struct {
		EntityRequestList []struct {
			EntityID string `json:"EntityId"`
		}
	}
	if err := r.decode(batchShape, &in); err != nil {
		return nil, err
	}
	out := batchAnswer{map[string]any{}, map[string]batchError{}}
	for _, x := range in.EntityRequestList {
		answer, err := s.entityDetail(r, x.EntityID)
		var e *apiError
		switch {
		case err == nil:
			out.EntityDetails[x.EntityID] = answer
		case errors.As(err, &e): // here the codes go without their last word
			out.Errors[x.EntityID] = batchError{strings.TrimSuffix(e.code, "Exception"), e.message}
		default:
			return nil, err
		}
	}
	return out, nil
}
