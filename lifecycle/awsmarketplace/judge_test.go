package awsmarketplace_test

import (
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// judge holds what the record and its journal say against the ledger.
func (s *schedule) judge(manager *lifecycle.Manager) {
	t, ctx := s.t, s.t.Context()
	r, history := lifecycletest.RequireReplayed(t, manager, s.id)
	require.Nil(t, r.Request, "something is under way forever")

	told := s.told(history)
	sent := map[string]bool{}
	for _, set := range s.sim.Ledger().ChangeSets {
		id, ours := lifecycle.ListingOf(set.Name)
		if !ours {
			continue
		}
		require.Equal(t, s.id, id)
		require.False(t, sent[set.Name], "%q was sent twice", set.Name)
		sent[set.Name] = true
		end, known := told[set.Name]
		require.True(t, known, "change set %s (%s) is forgotten", set.ID, set.Name)
		s.compare(set, end)
	}
	for name, end := range told {
		if !sent[name] {
			// A first submission succeeds if an earlier one has made what it asks for.
			require.False(t, end.result == lifecycle.Succeeded && !end.first, "%q was never taken", name)
			require.Empty(t, end.changeSet, "%q was never taken", name)
		}
	}

	if r.Entities.Product == "" {
		require.Equal(t, lifecycle.Draft, r.State)
		return
	}
	drift, err := manager.Drift(ctx, s.id)
	require.NoError(t, err)
	unclear := false
	for _, end := range told {
		unclear = unclear || end.code == "OUTCOME_UNKNOWN"
	}
	for _, d := range drift.Differences {
		if unclear { // and a person would have set it right
			continue
		}
		// A colleague's change of the allow-list is all that may be unknown.
		require.Contains(t, []string{"allowList", "entities.productRevision"}, d.Path, "%v", d)
		require.Positive(t, s.foreign, "%v", d)
	}
}

// compare holds how a change set ended against how the journal says it did.
func (s *schedule) compare(set simulator.ChangeSet, end ending) {
	require.Contains(s.t, []string{"", set.ID}, end.changeSet, set.Name)
	s.sum.changeSets.Add(1)
	fault := set.FailureCode == "SERVER_FAULT"
	switch {
	case set.Status == "SUCCEEDED":
		s.sum.succeeded.Add(1)
	case set.Status == "CANCELLED":
		s.sum.cancelled.Add(1)
	case fault:
		s.sum.faulty.Add(1)
	case slices.ContainsFunc(set.Changes, func(c simulator.Change) bool { return len(c.Errors) > 0 && c.Errors[0].ErrorCode == "AUDIT_ERROR" }):
		s.sum.audited.Add(1)
	default:
		s.sum.refused.Add(1)
	}
	switch {
	case end.code == "OUTCOME_UNKNOWN": // nothing is said
	case end.code == "FORGOTTEN": // it took no effect: cancelled or failed
		s.sum.forgotten.Add(1)
		require.NotEqual(s.t, "SUCCEEDED", set.Status, set.Name)
	case end.sentAgain:
		require.True(s.t, fault, set.Name)
	default:
		require.Equal(s.t, strings.ToLower(set.Status), string(end.result), set.Name)
		if end.result == lifecycle.Succeeded && end.startedAt == nil {
			s.sum.forgotten.Add(1)
			if end.kind == lifecycle.EventSubmit && end.first {
				s.sum.traced.Add(1)
			}
		}
	}
}

// ending is how a request ended, as the journal has it.
type ending struct {
	kind      lifecycle.Event
	first     bool
	changeSet string
	result    lifecycle.Result
	code      string
	startedAt *time.Time
	sentAgain bool
}

// told is how each request ended, by its name.
func (s *schedule) told(history []lifecycle.Entry) map[string]ending {
	ends, name, published := map[string]ending{}, "", false
	for _, e := range history {
		end := ends[name]
		switch {
		case e.Event == lifecycle.EventSendAgain:
			end.sentAgain = true
			ends[name] = end
			s.sum.sentAgain.Add(1)
			name = e.ChangeSetName
			ends[name] = ending{kind: end.kind, first: !published}
		case e.ChangeSetName != "":
			name = e.ChangeSetName
			require.NotContains(s.t, ends, name)
			ends[name] = ending{kind: e.Event, first: !published}
		case e.Event == lifecycle.EventSent:
			require.Empty(s.t, end.changeSet)
			end.changeSet = e.ChangeSet
			ends[name] = end
		case e.Outcome != nil:
			end.result, end.startedAt = e.Outcome.Result, e.Outcome.StartedAt
			if len(e.Outcome.Problems) > 0 {
				end.code = e.Outcome.Problems[0].Code
			}
			if end.code == "CHANGED_ELSEWHERE" {
				s.sum.changedElsewhere.Add(1)
			}
			published = published || end.result == lifecycle.Succeeded
			ends[name] = end
		}
	}
	return ends
}

// late reports that the marketplace may have forgotten the request of the
// record.
func (s *schedule) late(r lifecycle.Record) bool {
	return r.Request != nil && r.Request.SendingAt != nil && s.sim.Now().Sub(*r.Request.SendingAt) >= 60*24*time.Hour
}
