package simulator

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// facet is something entities of a type can be filtered and sorted by.
type facet struct {
	shape  shape
	values func(*entity) []string
}

var (
	valueList  = need("ValueList", list(1, 10, text(1, 255)))
	wildcard   = text(1, 255)
	dateFacet  = object(may("DateRange", object(may("AfterValue", dateFilterShape), may("BeforeValue", dateFilterShape))))
	textFacet  = object(may("ValueList", list(1, 10, text(1, 255))), may("WildCardValue", wildcard))
	valueFacet = object(valueList)
	idFacet    = object(need("ValueList", list(1, 10, text(1, 255, modelEntityID))))
	setFacet   = object(need("ValueList", list(1, 10, text(1, 50, offerSetID))))
)

func words(names ...string) shape {
	return object(need("ValueList", list(1, 10, oneOf(names...))))
}

func one(f func(e *entity) string) func(*entity) []string {
	return func(e *entity) []string { return []string{f(e)} }
}

// never is for what no entity here has, so that a filter on it finds nothing.
func never(*entity) []string { return nil }

var commonFacets = map[string]facet{
	"EntityId":         {idFacet, one(func(e *entity) string { return e.ID })},
	"LastModifiedDate": {dateFacet, one(func(e *entity) string { return sortable(e.Modified) })},
}

var facets = map[string]map[string]facet{
	bareProductType: {
		"ProductTitle": {textFacet, one(func(e *entity) string { return string(e.Product.Description.ProductTitle) })},
		"Visibility": {
			words(visibilityLimited, visibilityPublic, visibilityRestricted, visibilityDraft),
			one(func(e *entity) string { return e.Product.Description.Visibility }),
		},
	},
	bareOfferType: {
		"ProductId": {valueFacet, one(func(e *entity) string { return e.Offer.ProductID })},
		"Name":      {textFacet, one(func(e *entity) string { return string(e.Offer.Name) })},
		"State":     {words(stateDraft, stateReleased), one(func(e *entity) string { return e.Offer.State })},
		"Targeting": {
			words("BuyerAccounts", "ParticipatingPrograms", "CountryCodes", "None"),
			func(e *entity) []string { return e.Offer.targetingKinds() },
		},
		"ReleaseDate": {
			dateFacet, func(e *entity) []string {
				if e.Offer.Released.IsZero() {
					return nil
				}
				return []string{sortable(e.Offer.Released)}
			},
		},
		"BuyerAccounts":         {object(need("WildCardValue", wildcard)), func(e *entity) []string { return e.Offer.Buyers }},
		"CreatedBySource":       {words(bySeller, byMarketplace), one(func(e *entity) string { return e.Offer.source() })},
		"AvailabilityEndDate":   {dateFacet, never},
		"ResaleAuthorizationId": {idFacet, never},
		"OfferSetId":            {setFacet, never},
		"TargetAgreementId":     {valueFacet, never},
		"TargetAgreementIntent": {words("Renew"), never},
	},
}

// legacyFilters are the names that FilterList, the older form of filtering, takes.
var legacyFilters = map[string][]string{
	bareProductType: {"EntityId", "ProductTitle", "Visibility"},
	bareOfferType:   {"EntityId", "ProductId", "Name", "State", "Targeting"},
}

// filter is one facet's condition: any of the values, the wild card, and the range must each hold if given.
type filter struct {
	ValueList     []string
	WildCardValue string
	DateRange     *struct{ AfterValue, BeforeValue string }
}

func (f filter) keeps(values []string) bool {
	for _, v := range values {
		if (f.ValueList == nil || contains(f.ValueList, v)) && strings.Contains(v, f.WildCardValue) && f.inRange(v) {
			return true
		}
	}
	return false
}

func (f filter) inRange(v string) bool {
	if f.DateRange == nil {
		return true
	}
	if at, err := time.Parse(time.RFC3339, f.DateRange.AfterValue); err == nil && v < sortable(at) {
		return false
	}
	at, err := time.Parse(time.RFC3339, f.DateRange.BeforeValue)
	return err != nil || v <= sortable(at)
}

type listEntitiesRequest struct {
	EntityType        string
	OwnershipType     string
	MaxResults        int
	NextToken         string
	FilterList        []nameValues
	Sort              sorting
	EntityTypeFilters map[string]map[string]filter
	EntityTypeSort    map[string]sorting
}

type sorting struct{ SortBy, SortOrder string }

// listEntitiesShape depends on the entity type: its filters are named after it.
func listEntitiesShape(entityType string) shape {
	var members []member
	all := facetsOf(entityType)
	names := sortedKeys(all)
	for _, name := range names {
		members = append(members, may(name, all[name].shape))
	}
	sortShape := object(may("SortBy", oneOf(names...)), sortOrder)
	out := []member{
		need("Catalog", catalogShape),
		need("EntityType", text(1, 255, regexp.MustCompile(`^[a-zA-Z]+$`))),
		may("OwnershipType", oneOf("SELF", "SHARED")),
		may("MaxResults", integer(1, 50)),
		may("NextToken", text(1, 2048)),
		may("FilterList", list(1, 8, object(need("Name", oneOf(legacyFilters[entityType]...)), valueList))),
		may("Sort", sortShape),
	}
	if facets[entityType] != nil {
		out = append(out,
			may("EntityTypeFilters", oneMember(may(entityType+"Filters", limited(object(members...))))),
			may("EntityTypeSort", oneMember(may(entityType+"Sort", sortShape))))
	}
	return object(out...)
}

// limited holds the limits that go for a whole group of filters.
func limited(s shape) shape {
	return func(f *findings, path string, v any) {
		s(f, path, v)
		o, _ := v.(map[string]any)
		wild := 0
		for _, x := range o {
			if m, ok := x.(map[string]any); ok && m["WildCardValue"] != nil {
				wild++
			}
		}
		if len(o) > 8 || wild > 1 {
			f.add(badField, path, "may have 8 filters and 1 wild card")
		}
	}
}

func facetsOf(entityType string) map[string]facet {
	all := map[string]facet{}
	for name, x := range commonFacets {
		all[name] = x
	}
	for name, x := range facets[entityType] {
		all[name] = x
	}
	return all
}

type productSummary struct {
	ProductTitle optional
	Visibility   string
}

type offerSummary struct {
	Name                  optional
	ProductID             string   `json:"ProductId"`
	ResaleAuthorizationID *string  `json:"ResaleAuthorizationId"`
	ReleaseDate           optional // null until it is released
	AvailabilityEndDate   *string
	BuyerAccounts         []string
	State                 string
	Targeting             []string
	OfferSetID            *string `json:"OfferSetId"`
	TargetAgreementID     *string `json:"TargetAgreementId"`
	TargetAgreementIntent *string
	CreatedBySource       string
}

type entitySummary struct {
	Name                          optional
	EntityType                    string
	EntityID                      string `json:"EntityId"`
	EntityArn                     string
	LastModifiedDate              string
	Visibility                    optional
	MachineLearningProductSummary *productSummary
	OfferSummary                  *offerSummary
}

type listEntitiesAnswer struct {
	EntitySummaryList []entitySummary
	NextToken         optional
}

func (s *Simulator) listEntities(r *request) (any, error) {
	var kind struct{ EntityType string }
	_ = json.Unmarshal(r.body, &kind) // decode reports what is wrong with the body
	var in listEntitiesRequest
	if err := r.decode(listEntitiesShape(kind.EntityType), &in); err != nil {
		return nil, err
	}
	if !entityTypes[in.EntityType] {
		return nil, badEntityType(in.EntityType)
	}
	all := facetsOf(in.EntityType)
	filters := in.EntityTypeFilters[in.EntityType+"Filters"]
	if filters == nil {
		filters = map[string]filter{}
	} else if in.FilterList != nil {
		return nil, invalid(badField, "FilterList", "cannot go with EntityTypeFilters")
	}
	for _, x := range in.FilterList {
		filters[x.Name] = filter{ValueList: x.ValueList}
	}
	order := in.Sort
	if by, ok := in.EntityTypeSort[in.EntityType+"Sort"]; ok {
		order = by
	}
	if order.SortBy == "" {
		order.SortBy = "LastModifiedDate"
	}
	var found []*entity
	for _, e := range s.st.Entities {
		if e.Seller == r.seller && e.bareType() == in.EntityType && in.OwnershipType != "SHARED" && keeps(all, filters, e) {
			found = append(found, e)
		}
	}
	key := func(e *entity) string { return strings.Join(all[order.SortBy].values(e), ",") + " " + e.ID }
	if in.MaxResults == 0 {
		in.MaxResults = 20
	}
	found, next, err := page(found, key, order.SortOrder != "ASCENDING", in.MaxResults, in.NextToken, queryOf(r))
	if err != nil {
		return nil, err
	}
	out := listEntitiesAnswer{EntitySummaryList: []entitySummary{}, NextToken: optional(next)}
	for _, e := range found {
		x := e.summary()
		if e.Offer != nil && in.EntityTypeFilters != nil {
			x.Visibility = "" // AWS leaves it out of what these filters find
		}
		out.EntitySummaryList = append(out.EntitySummaryList, x)
	}
	return out, nil
}

func keeps(all map[string]facet, filters map[string]filter, e *entity) bool {
	for name, f := range filters {
		if !f.keeps(all[name].values(e)) {
			return false
		}
	}
	return true
}

func (e *entity) summary() entitySummary {
	out := entitySummary{EntityType: e.bareType(), EntityID: e.ID, EntityArn: e.arn(), LastModifiedDate: timestamp(e.Modified)}
	if e.Product != nil {
		d := e.Product.Description
		out.Name, out.Visibility = d.ProductTitle, optional(d.Visibility)
		if d.ProductTitle == "" {
			out.Name = optional("Untitled - " + e.ID)
		}
		out.MachineLearningProductSummary = &productSummary{d.ProductTitle, d.Visibility}
		return out
	}
	o := e.Offer
	out.Name, out.Visibility = o.Name, "Private"
	if o.public() {
		out.Visibility = "Public"
	}
	out.OfferSummary = &offerSummary{
		Name: o.Name, ProductID: o.ProductID, State: o.State, Targeting: o.targetingKinds(), BuyerAccounts: o.Buyers, CreatedBySource: o.source(),
	}
	if !o.Released.IsZero() {
		out.OfferSummary.ReleaseDate = optional(timestamp(o.Released))
	}
	return out
}
