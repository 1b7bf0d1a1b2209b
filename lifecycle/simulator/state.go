package simulator

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"sort"
	"time"

	"github.com/google/uuid"
)

// head is what outlives a call and belongs to no single thing: one record of the store.
type head struct {
	Format    int
	Seller    string // of keys that name no account
	Now       time.Time
	Minted    uint64 // identifiers made so far; each new one is derived from the next number
	Faults    []Fault
	Calls     map[string]int
	Replays   int
	Delayed   []json.RawMessage // events that a fault holds back
	Delivered uint64            // how many events were delivered
	EventIDs  uint64            // identifiers of events made so far
}

// state is everything that outlives a call. The store has a record for each thing in it.
type state struct {
	head
	Entities      map[string]*entity
	ChangeSets    []*changeSet // in the order of acceptance
	ModelPackages map[string]*ModelPackage
	Algorithms    map[string]*Algorithm
	TokenCalls    map[string]int
	Events        []Event // the latest that were delivered

	rules   settings
	touched map[string]bool // keys of the records that are not as the store has them
}

// settings are what the configuration has that the rules depend on. They are not kept.
type settings struct {
	categories map[string]bool // in lower case
	programs   bool
}

// change set statuses, as the Catalog API names them.
const (
	statusPreparing = "PREPARING"
	statusApplying  = "APPLYING"
	statusSucceeded = "SUCCEEDED"
	statusCancelled = "CANCELLED"
	statusFailed    = "FAILED"
)

const (
	clientError = "CLIENT_ERROR"
	serverFault = "SERVER_FAULT"

	clientErrorDescription = "Change set preparation has failed. For details see 'ErrorDetailList'."
)

type changeSet struct {
	Number                                  int // in the order of acceptance, from 1
	Seller                                  string
	ID, Name, Token, Digest, Intent         string
	Status, FailureCode, FailureDescription string
	Start, ApplyAt, EndAt, End              time.Time
	Changes                                 []*change
	Locks                                   []string // bare ids nobody else may touch while the set runs
	Tags                                    []tag    `json:",omitempty"`
	Awaited                                 bool     `json:",omitempty"` // a person must decide before it goes on
	Fault                                   string   // an injected SERVER_FAULT: its description
}

type change struct {
	Name, Type, EntityType string
	Identifier             string // as sent: an id, id@revision, a reference, or nothing
	EntityID               string // bare id of the entity, once it is known
	Result                 string // id@revision that a reference or a creation came to
	Document               json.RawMessage
	Tags                   []tag `json:",omitempty"` // of the entity that is created
	Errors                 []ErrorDetail
	Injected               *ErrorDetail
}

func newState(seller string, now time.Time) *state {
	return &state{
		head:     head{Format: stateFormat, Seller: seller, Now: now, Calls: map[string]int{}},
		Entities: map[string]*entity{}, ModelPackages: map[string]*ModelPackage{}, Algorithms: map[string]*Algorithm{},
		TokenCalls: map[string]int{}, touched: map[string]bool{},
	}
}

func (cs *changeSet) running() bool {
	return cs.Status == statusPreparing || cs.Status == statusApplying
}

func (cs *changeSet) has(changeType string) bool {
	for _, c := range cs.Changes {
		if c.Type == changeType {
			return true
		}
	}
	return false
}

// entityIDs lists the bare ids of the entities the set is about, each once, in the order of its changes.
func (cs *changeSet) entityIDs() []string {
	ids := []string{}
	seen := map[string]bool{}
	for _, c := range cs.Changes {
		if c.EntityID != "" && !seen[c.EntityID] {
			seen[c.EntityID] = true
			ids = append(ids, c.EntityID)
		}
	}
	return ids
}

// kept tells whether the service still remembers the set: finished ones are forgotten 60 days after their end.
func (st *state) kept(cs *changeSet) bool {
	return cs.running() || st.Now.Before(cs.End.Add(retention))
}

// entity finds what the seller owns.
func (st *state) entity(seller, id string) *entity {
	if e := st.Entities[id]; e != nil && e.Seller == seller {
		return e
	}
	return nil
}

func (st *state) changeSet(seller, id string) *changeSet {
	for _, cs := range st.ChangeSets {
		if cs.ID == id && cs.Seller == seller && st.kept(cs) {
			return cs
		}
	}
	return nil
}

// holder finds the running set that locks one of the ids, and which id it is.
func (st *state) holder(ids []string) (*changeSet, string) {
	for _, cs := range st.ChangeSets {
		if !cs.running() {
			continue
		}
		for _, id := range ids {
			for _, locked := range cs.Locks {
				if locked == id {
					return cs, id
				}
			}
		}
	}
	return nil, ""
}

// offersOf lists the ids of the offers of a product, sorted.
func (st *state) offersOf(productID string) []string {
	var ids []string
	for id, e := range st.Entities {
		if e.Offer != nil && e.Offer.ProductID == productID {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	return ids
}

// minter derives identifiers from the seller and a running number, so that the same calls get the same ids.
type minter struct {
	seller string
	minted uint64
}

func (m *minter) digest(kind string) [sha256.Size]byte {
	m.minted++
	return sha256.Sum256([]byte(fmt.Sprintf("%s/%s/%d", m.seller, kind, m.minted)))
}

// alphanumeric makes n lower-case letters and digits.
func (m *minter) alphanumeric(kind string, n int) string {
	sum := m.digest(kind)
	text := new(big.Int).SetBytes(sum[:]).Text(36)
	for len(text) < n { // a digest with leading zeros is short; 36^n is far below 2^256 for every n used here
		text += "0"
	}
	return text[len(text)-n:]
}

func (m *minter) uuid(kind string) string {
	m.minted++
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(fmt.Sprintf("%s/%s/%d", m.seller, kind, m.minted))).String()
}

// clone copies a plain data value deeply, by way of its JSON, which is also what the store holds.
func clone[T any](v *T) (*T, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	out := new(T)
	if err := json.Unmarshal(b, out); err != nil {
		return nil, err
	}
	return out, nil
}
