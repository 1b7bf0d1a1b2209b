package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	intentApply    = "APPLY"
	intentValidate = "VALIDATE"

	maxOpenChangeSets = 250
)

var (
	changeSetName    = regexp.MustCompile(`^[\w\s+=.:@-]+$`)
	tokenPattern     = regexp.MustCompile(`^[!-~]+$`)
	changeTypeName   = regexp.MustCompile(`^[A-Z]\w*$`)
	versionedName    = regexp.MustCompile(`^[A-Za-z]+@\d+\.\d+$`)
	changeName       = regexp.MustCompile(`^[a-zA-Z]+$`)
	entityIdentifier = regexp.MustCompile(`^(?:[\w@-]+|\$[a-zA-Z]+\.Entity\.Identifier)$`)
	catalogShape     = oneOf("AWSMarketplace")
)

var startChangeSetShape = object(
	need("Catalog", catalogShape),
	need("ChangeSet", list(1, 20, object(
		need("ChangeType", text(1, 255, changeTypeName)),
		need("Entity", object(
			need("Type", text(1, 255, versionedName)),
			may("Identifier", text(1, 255, entityIdentifier)),
		)),
		may("ChangeName", text(1, 72, changeName)),
		may("DetailsDocument", anything),
		may("Details", text(2, 16384)),
		may("EntityTags", tagsShape),
	))),
	may("ChangeSetName", text(1, 100, changeSetName)),
	may("ChangeSetTags", tagsShape),
	may("ClientRequestToken", text(1, 64, tokenPattern)),
	may("Intent", oneOf(intentApply, intentValidate)),
)

type startRequest struct {
	ChangeSet []struct {
		ChangeType, ChangeName string
		Entity                 struct{ Type, Identifier string }
		DetailsDocument        json.RawMessage
		Details                *string
		EntityTags             []tag
	}
	ChangeSetName, ClientRequestToken, Intent string
	ChangeSetTags                             []tag
}

type changeSetAnswer struct {
	ChangeSetID  string `json:"ChangeSetId"`
	ChangeSetArn string
}

func (s *Simulator) startChangeSet(r *request) (any, error) {
	var in startRequest
	if err := r.decode(startChangeSetShape, &in); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(r.body)
	cs := &changeSet{
		Seller: r.seller, Name: in.ChangeSetName, Token: in.ClientRequestToken, Digest: hex.EncodeToString(sum[:]), Intent: in.Intent,
		Status: statusPreparing, Start: s.st.Now, Tags: with(nil, in.ChangeSetTags),
	}
	r.mutates = true
	if cs.Token != "" {
		s.st.TokenCalls[cs.Token]++
		s.st.touch(keyToken + cs.Token)
	}
	if err := cs.take(in); err != nil {
		return nil, err
	}
	if old := s.st.tokenHolder(cs.Seller, cs.Token); old != nil {
		if old.Digest != cs.Digest {
			return nil, invalid(otherReason, "ClientRequestToken",
				"token %q was used for another request, which started change set %s; use a new token for a new request", cs.Token, old.ID)
		}
		s.st.Replays++
		return answerFor(old), nil
	}
	if err := s.st.admit(cs); err != nil {
		return nil, err
	}
	if cs.Name == "" {
		cs.Name = "Submitted by " + cs.Seller
	}
	if cs.Intent == "" {
		cs.Intent = intentApply
	}
	p := s.cfg.Durations.phases(cs)
	cs.ApplyAt = cs.Start.Add(p.Preparing)
	cs.EndAt = cs.ApplyAt.Add(p.Applying)
	if s.cfg.ReviewByHand && cs.has(updateVisibility) {
		cs.await()
	}
	if !cs.EndAt.Before(clockEnd) {
		return nil, fmt.Errorf("the change set would end past the last year the clock can show")
	}
	mint := minter{s.st.Seller, s.st.Minted}
	cs.ID = mint.alphanumeric("change-set", 25)
	s.st.Minted = mint.minted
	s.bindFaults(cs)
	s.st.ChangeSets = append(s.st.ChangeSets, cs)
	cs.Number = len(s.st.ChangeSets)
	s.st.touchSet(cs)
	return answerFor(cs), nil
}

func answerFor(cs *changeSet) changeSetAnswer {
	return changeSetAnswer{cs.ID, fmt.Sprintf("arn:aws:aws-marketplace:us-east-1:%s:AWSMarketplace/ChangeSet/%s", cs.Seller, cs.ID)}
}

// take reads the changes and checks all that can be told from the request alone, every fault at once.
func (cs *changeSet) take(in startRequest) error {
	var f findings
	checkTags(&f, "ChangeSetTags", in.ChangeSetTags)
	creations := map[string]string{} // ChangeName to the entity type it creates
	for i, c := range in.ChangeSet {
		if c.ChangeName == "" {
			continue
		}
		if _, twice := creations[c.ChangeName]; twice {
			f.add(otherReason, fmt.Sprintf("ChangeSet[%d].ChangeName", i), "%q names two changes of the set", c.ChangeName)
		}
		creations[c.ChangeName] = ""
		if strings.HasPrefix(c.ChangeType, "Create") {
			creations[c.ChangeName] = c.Entity.Type
		}
	}
	seen := map[string]bool{}
	for i, c := range in.ChangeSet {
		f.changeType, f.entityType, f.entityID = c.ChangeType, c.Entity.Type, c.Entity.Identifier
		path := fmt.Sprintf("ChangeSet[%d]", i)
		kind, known := changeTypes[changeKey{c.Entity.Type, c.ChangeType}]
		if !known {
			f.add(unknownOperation, path+".ChangeType", "%s", unknownChange(c.ChangeType, c.Entity.Type))
			continue
		}
		creates := c.ChangeType == createProduct || c.ChangeType == createOffer
		if creates == (c.Entity.Identifier != "") {
			f.add(badField, path+".Entity.Identifier", "must be given, except to a Create change, which must not have it")
		}
		if m := reference.FindStringSubmatch(c.Entity.Identifier); m != nil && creations[m[1]] != c.Entity.Type {
			f.add(badField, path+".Entity.Identifier", "%s must refer to a Create change of a %s in the same set", c.Entity.Identifier, c.Entity.Type)
		}
		checkTags(&f, path+".EntityTags", c.EntityTags)
		if c.EntityTags != nil && !creates {
			f.add(otherReason, path+".EntityTags", "go with a change that creates an entity only")
		}
		bare, _, _ := strings.Cut(c.Entity.Identifier, "@")
		if key := c.ChangeType + " " + bare; !creates && seen[key] {
			f.add(otherReason, path, "%s occurs twice on %s; a set may hold each change type once an entity", c.ChangeType, bare)
		} else {
			seen[key] = true
		}
		doc := checkDetails(&f, path, kind.shape, c.DetailsDocument, c.Details)
		checkProductReference(&f, path, c.ChangeType, doc, creations)
		if in.Intent == intentValidate && c.ChangeType != addDeliveryOptions {
			f.add(otherReason, "Intent", "VALIDATE is available for %s only, not for %s", addDeliveryOptions, c.ChangeType)
		}
		cs.Changes = append(cs.Changes, &change{
			Name: c.ChangeName, Type: c.ChangeType, EntityType: c.Entity.Type, Identifier: c.Entity.Identifier, Document: doc,
			Tags: with(nil, c.EntityTags),
		})
	}
	return f.err()
}

// checkDetails takes the document from the one of its two members that is there.
func checkDetails(f *findings, path string, s shape, document json.RawMessage, details *string) json.RawMessage {
	if (document == nil) == (details == nil) {
		f.add(badField, path, "must have exactly one of DetailsDocument and Details")
		return nil
	}
	field := path + ".DetailsDocument"
	if details != nil {
		field, document = path+".Details", json.RawMessage(*details)
	}
	v, err := decodeJSON(document)
	if err != nil {
		f.add(cannotParse, field, "is not JSON: %v", err)
		return nil
	}
	s(f, field, v)
	return canonical(v)
}

func checkProductReference(f *findings, path, changeType string, doc json.RawMessage, creations map[string]string) {
	var d struct {
		ProductID string `json:"ProductId"`
	}
	if changeType != createOffer || json.Unmarshal(doc, &d) != nil {
		return
	}
	if m := reference.FindStringSubmatch(d.ProductID); m != nil && creations[m[1]] != productType {
		f.add(badField, path+".DetailsDocument.ProductId", "%s must refer to a CreateProduct change in the same set", d.ProductID)
	}
}

func (st *state) tokenHolder(seller, token string) *changeSet {
	if token == "" {
		return nil
	}
	for _, cs := range st.ChangeSets {
		if cs.Token == token && cs.Seller == seller && st.kept(cs) {
			return cs
		}
	}
	return nil
}

// admit checks a set against the account: its entities exist, their revisions are the newest, and nobody holds them.
func (st *state) admit(cs *changeSet) error {
	var f findings
	var wanted []string // entities that must not be under way elsewhere
	for i, c := range cs.Changes {
		if c.Type == createOffer {
			id := (&work{st: st, set: cs}).productOf(c)
			if e := st.entity(cs.Seller, id); id != "" && (e == nil || e.Product == nil) {
				return notFound("product %s does not exist or is not yours", id)
			}
			if holder, _ := st.holder([]string{id}); holder != nil && holder.has(updateVisibility) {
				return inUse(holder, id)
			}
		}
		if c.Identifier == "" || strings.HasPrefix(c.Identifier, "$") {
			continue
		}
		id, revision, given := strings.Cut(c.Identifier, "@")
		e := st.entity(cs.Seller, id)
		if e == nil || e.versionedType() != c.EntityType {
			return notFound("%s %s does not exist or is not yours", c.EntityType, id)
		}
		if n, err := strconv.Atoi(revision); given && (err != nil || n != e.Revision) {
			f.changeType, f.entityType, f.entityID = c.Type, c.EntityType, c.Identifier
			f.add(otherReason, fmt.Sprintf("ChangeSet[%d].Entity.Identifier", i),
				"revision %.20q of %s is not the newest; the newest is %s", revision, id, e.identifier())
		}
		if c.Type == updateTargeting && e.Product != nil && e.Product.sameAccounts(c) {
			f.changeType, f.entityType, f.entityID = c.Type, c.EntityType, c.Identifier
			f.add(otherReason, fmt.Sprintf("ChangeSet[%d].DetailsDocument.PositiveTargeting.BuyerAccounts", i),
				"the product already has exactly these accounts")
		}
		c.EntityID = id
		wanted = append(wanted, id)
		if c.Type == updateVisibility {
			wanted = append(wanted, st.offersOf(id)...) // a review freezes the product with its offers
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	if holder, id := st.holder(wanted); holder != nil {
		return inUse(holder, id)
	}
	open := 0
	for _, other := range st.ChangeSets {
		if other.running() && other.Seller == cs.Seller {
			open++
		}
	}
	if open >= maxOpenChangeSets {
		return &apiError{http.StatusPaymentRequired, "ServiceQuotaExceededException",
			fmt.Sprintf("%d change sets are open, which is the most an account may have", open), nil}
	}
	cs.Locks = wanted
	return nil
}

// inUse has the words that other people's programs read the change set from, with their two blanks.
func inUse(holder *changeSet, id string) error {
	return &apiError{http.StatusLocked, "ResourceInUseException",
		fmt.Sprintf("Requested change set has entities locked by change sets - entity: '%s'  change sets: %s.", id, holder.ID), nil}
}

type changeSummary struct {
	ChangeName      optional
	ChangeType      string
	Entity          summaryEntity
	Details         string
	DetailsDocument json.RawMessage
	ErrorDetailList []ErrorDetail
}

type summaryEntity struct {
	Type       string
	Identifier optional
}

type describeChangeSetAnswer struct {
	changeSetAnswer
	ChangeSetName      string
	Intent             string
	StartTime          string
	EndTime            *string // null until the set is terminal
	Status             string
	FailureCode        optional
	FailureDescription optional
	ChangeSet          []changeSummary
}

func (s *Simulator) describeChangeSet(r *request) (any, error) {
	cs, err := s.namedChangeSet(r)
	if err != nil {
		return nil, err
	}
	out := describeChangeSetAnswer{
		changeSetAnswer: answerFor(cs), ChangeSetName: cs.Name, Intent: cs.Intent, StartTime: timestamp(cs.Start),
		Status: cs.Status, FailureCode: optional(cs.FailureCode), FailureDescription: optional(cs.FailureDescription),
	}
	if !cs.running() {
		out.EndTime = ptr(timestamp(cs.End))
	}
	for _, c := range cs.Changes {
		id := c.Identifier
		if c.Result != "" {
			id = c.Result
		}
		doc := s.st.resolved(c)
		out.ChangeSet = append(out.ChangeSet, changeSummary{
			optional(c.Name), c.Type, summaryEntity{c.EntityType, optional(id)}, string(doc), doc, append([]ErrorDetail{}, c.Errors...),
		})
	}
	return out, nil
}

// resolved is the document of a change as it is read back: an offer that was created names its product by its id.
func (st *state) resolved(c *change) json.RawMessage {
	e := st.Entities[c.EntityID]
	if c.Type != createOffer || c.Result == "" || e == nil || e.Offer == nil {
		return c.Document
	}
	doc := read[map[string]any](c)
	doc["ProductId"] = e.Offer.ProductID
	return canonical(doc)
}

func (s *Simulator) cancelChangeSet(r *request) (any, error) {
	cs, err := s.namedChangeSet(r)
	if err != nil {
		return nil, err
	}
	if cs.Status != statusPreparing {
		return nil, &apiError{http.StatusLocked, "ResourceInUseException",
			fmt.Sprintf("change set %s is %s; only one that is PREPARING can be cancelled", cs.ID, cs.Status), nil}
	}
	if cs.restricts() && !s.st.Now.Before(cs.Start.Add(cancelWindow)) {
		return nil, &apiError{http.StatusLocked, "ResourceInUseException",
			fmt.Sprintf("the audit of change set %s has begun, 24 hours after its start; it can no longer be cancelled", cs.ID), nil}
	}
	s.st.finish(cs, statusCancelled)
	r.mutates = true
	return answerFor(cs), nil
}

func (cs *changeSet) restricts() bool {
	for _, c := range cs.Changes {
		if c.Type == updateVisibility {
			return read[struct{ TargetVisibility string }](c).TargetVisibility == visibilityRestricted
		}
	}
	return false
}

func (s *Simulator) namedChangeSet(r *request) (*changeSet, error) {
	id, err := r.parameter("changeSetId", 255, identifierPattern)
	if err != nil {
		return nil, err
	}
	if cs := s.st.changeSet(r.seller, id); cs != nil {
		return cs, nil
	}
	return nil, notFound("change set %s does not exist", id)
}

// timestamp is how the API prints instants: always 20 characters.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
