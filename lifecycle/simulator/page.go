package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"sort"
	"strings"
	"time"
)

// page cuts one page out of items that sort by a unique key. The token names the last key shown instead of a position, so
// that what comes in or drops out between two pages neither repeats nor hides the rest. It is bound to the query.
func page[T any](items []T, key func(T) string, descending bool, max int, token, query string) (shown []T, next string, err error) {
	sort.Slice(items, func(a, b int) bool {
		if descending {
			a, b = b, a
		}
		return key(items[a]) < key(items[b])
	})
	sum := sha256.Sum256([]byte(query))
	digest := hex.EncodeToString(sum[:8])
	if token != "" {
		raw, e := base64.RawURLEncoding.DecodeString(token)
		of, last, ok := strings.Cut(string(raw), " ")
		if e != nil || !ok || of != digest {
			return nil, "", invalid(badField, "NextToken", "is not a token of this query")
		}
		i := sort.Search(len(items), func(i int) bool {
			if descending {
				return key(items[i]) < last
			}
			return key(items[i]) > last
		})
		items = items[i:]
	}
	if len(items) > max {
		items = items[:max]
		next = base64.RawURLEncoding.EncodeToString([]byte(digest + " " + key(items[max-1])))
	}
	return items, next, nil
}

// sortable prints an instant so that text order is time order.
func sortable(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

// queryOf is the body without what changes from page to page.
func queryOf(r *request) string {
	o, _ := r.value.(map[string]any)
	rest := map[string]any{"operation": r.operation}
	for k, v := range o {
		if k != "NextToken" && k != "MaxResults" {
			rest[k] = v
		}
	}
	b, _ := json.Marshal(rest)
	return string(b)
}

// dateFilterShape takes instants of exactly 20 characters: neither an offset nor parts of a second.
var dateFilterShape = func(f *findings, path string, v any) {
	s, _ := v.(string)
	if _, err := time.Parse("2006-01-02T15:04:05Z", s); err != nil || len(s) != 20 {
		f.add(badField, path, "must be an instant of 20 characters such as 2026-01-05T09:00:00Z")
	}
}

var sortOrder = may("SortOrder", oneOf("ASCENDING", "DESCENDING"))

var listChangeSetsShape = object(
	need("Catalog", catalogShape),
	may("FilterList", list(1, 8, object(
		need("Name", oneOf("ChangeSetName", "Status", "EntityId", "BeforeStartTime", "AfterStartTime", "BeforeEndTime", "AfterEndTime")),
		need("ValueList", list(1, 10, text(1, 255))),
	))),
	may("Sort", object(may("SortBy", oneOf("StartTime", "EndTime")), sortOrder)),
	may("MaxResults", integer(1, 20)),
	may("NextToken", text(1, 4096)),
)

type listRequest struct {
	FilterList []nameValues
	Sort       struct{ SortBy, SortOrder string }
	MaxResults int
	NextToken  string
}

type nameValues struct {
	Name      string
	ValueList []string
}

type changeSetItem struct {
	changeSetAnswer
	ChangeSetName string
	StartTime     string
	EndTime       *string
	Status        string
	EntityIDList  []string `json:"EntityIdList"`
	FailureCode   optional
}

type listChangeSetsAnswer struct {
	ChangeSetSummaryList []changeSetItem
	NextToken            optional
}

func (s *Simulator) listChangeSets(r *request) (any, error) {
	var in listRequest
	if err := r.decode(listChangeSetsShape, &in); err != nil {
		return nil, err
	}
	keep, err := changeSetFilter(in.FilterList)
	if err != nil {
		return nil, err
	}
	var sets []*changeSet
	for _, cs := range s.st.ChangeSets {
		if cs.Seller == r.seller && s.st.kept(cs) && keep(cs) {
			sets = append(sets, cs)
		}
	}
	key := func(cs *changeSet) string { return sortable(cs.Start) + " " + cs.ID }
	if in.Sort.SortBy == "EndTime" {
		key = func(cs *changeSet) string { return sortable(cs.End) + " " + cs.ID }
	}
	if in.MaxResults == 0 {
		in.MaxResults = 20
	}
	sets, next, err := page(sets, key, in.Sort.SortOrder != "ASCENDING", in.MaxResults, in.NextToken, queryOf(r))
	if err != nil {
		return nil, err
	}
	out := listChangeSetsAnswer{ChangeSetSummaryList: []changeSetItem{}, NextToken: optional(next)}
	for _, cs := range sets {
		item := changeSetItem{
			changeSetAnswer: answerFor(cs), ChangeSetName: cs.Name, StartTime: timestamp(cs.Start),
			Status: cs.Status, EntityIDList: cs.entityIDs(), FailureCode: optional(cs.FailureCode),
		}
		if !cs.running() {
			item.EndTime = ptr(timestamp(cs.End))
		}
		out.ChangeSetSummaryList = append(out.ChangeSetSummaryList, item)
	}
	return out, nil
}

// changeSetFilter keeps a set that every filter keeps; a filter keeps it when one of its values does.
func changeSetFilter(filters []nameValues) (func(*changeSet) bool, error) {
	var f findings
	seen := map[string]bool{}
	for _, x := range filters {
		if seen[x.Name] {
			f.add(badField, "FilterList", "%s occurs twice", x.Name)
		}
		seen[x.Name] = true
		if strings.HasSuffix(x.Name, "Time") {
			for _, v := range x.ValueList {
				dateFilterShape(&f, "FilterList."+x.Name, v)
			}
			if len(x.ValueList) > 1 {
				f.add(badField, "FilterList."+x.Name, "takes one value")
			}
		}
	}
	return func(cs *changeSet) bool {
		for _, x := range filters {
			kept := false
			for _, v := range x.ValueList {
				kept = kept || cs.matches(x.Name, v)
			}
			if !kept {
				return false
			}
		}
		return true
	}, f.err()
}

func (cs *changeSet) matches(filter, value string) bool {
	at, _ := time.Parse(time.RFC3339, value)
	switch filter {
	case "ChangeSetName":
		return cs.Name == value
	case "Status":
		return cs.Status == value
	case "EntityId":
		return contains(cs.entityIDs(), value)
	case "BeforeStartTime":
		return cs.Start.Before(at)
	case "AfterStartTime":
		return cs.Start.After(at)
	case "BeforeEndTime":
		return !cs.running() && cs.End.Before(at)
	default: // AfterEndTime
		return !cs.running() && cs.End.After(at)
	}
}
