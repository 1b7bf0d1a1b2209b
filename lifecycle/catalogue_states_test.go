package lifecycle

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/golden"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/rule"
)

const (
	tablesBegin = "<!-- these tables are written from the code: make golden -->\n"
	tablesEnd   = "<!-- end of the tables -->\n"
)

// The tables of each page in docs/states are what the table of transitions, the
// guards and the durations of requests say.
func TestGoldenStates(t *testing.T) {
	t.Parallel()
	for _, s := range States() {
		file := "../docs/states/" + pageOf(s)
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		before, rest, found := strings.Cut(string(data), tablesBegin)
		require.True(t, found, "%s: where do its tables begin?", file)
		_, after, found := strings.Cut(rest, tablesEnd)
		require.True(t, found, "%s: where do its tables end?", file)
		golden.Equal(t, file, before+tablesBegin+tablesOf(t, s)+tablesEnd+after)
	}
}

func pageOf(s State) string { return strings.ReplaceAll(strings.ToLower(string(s)), " ", "-") + ".md" }

// sends reports whether the command becomes a request: its entry has what that of a
// submission has.
func sends(e Event) bool {
	return missingFrom(Record{}, Entry{Event: e}) == missingFrom(Record{}, Entry{Event: EventSubmit})
}

func tablesOf(t *testing.T, s State) string {
	var commands, steps, requests, rules strings.Builder
	used := map[string]bool{}
	for _, row := range table {
		if row.From != s {
			continue
		}
		g, isCommand := guards[row.Event]
		if !isCommand {
			what, known := stepWords[row.Event]
			require.True(t, known, "what is %s?", row.Event)
			fmt.Fprintf(&steps, "| `%s` | %s | %s |\n", row.Event, what, stateWords(row.To))
			continue
		}
		sent := "nothing"
		if row.Event == EventCancel {
			sent = "the cancellation"
		}
		if sends(row.Event) {
			sent = "a change set"
		}
		fmt.Fprintf(&commands, "| `%s` | %s | %s | %s |\n", row.Event, sent, stateWords(row.To), ruleLinks(g, used))
		if sends(row.Event) && row.To == s {
			requestRows(&requests, row.Event)
		}
	}
	if s == Submitted {
		requestRows(&requests, EventSubmit)
	}
	for _, group := range groups {
		if used[group.name] {
			fmt.Fprintf(&rules, "| *%s* | %s | %s |\n", group.name, group.about, linksTo(group.rules))
		}
	}
	var b strings.Builder
	section := func(title, head string, rows fmt.Stringer) {
		if rows.String() != "" {
			columns := strings.Count(head, "|") - 1
			fmt.Fprintf(&b, "\n### %s\n\n%s\n|%s\n%s", title, head, strings.Repeat("---|", columns), rows)
		}
	}
	section("Commands that are possible", "| command | sends | state after it | rules that guard it |", &commands)
	section("Rules that several commands have", "| group | about | rules |", &rules)
	section("Steps that happen by themselves", "| step | what it is | state after it |", &steps)
	section("How long requests take", "| request | usually | overdue after | can be cancelled |", &requests)
	return b.String() + "\n"
}

// requestRows writes how long a request of the kind takes, for public and for private
// listings where that is not the same.
func requestRows(b *strings.Builder, kind Event) {
	row := func(v listing.Visibility, of string) {
		r := Record{Draft: listing.Listing{Visibility: v}, Request: &Request{Kind: kind}}
		t := r.takes()
		fmt.Fprintf(b, "| `%s`%s | %s | %s | %s |\n", kind, of, durationWords(t.usual), durationWords(t.latest), cancelWords(kind))
	}
	if kind == EventSignOff {
		row(listing.Public, " of a public listing")
		row(listing.Private, " of a private listing")
		return
	}
	row(listing.Public, "")
}

// groups are rules that stand before several commands; a page lists each once.
var groups = []struct {
	name, about string
	rules       []rule.Rule
}{
	{"locks", "what may never change again", rule.Of(append(locks[:len(locks):len(locks)], restrictions...))},
	{"seller", "what is known of the seller", rule.Of(sellerFacts)},
	{"resource", "what SageMaker knows of each resource", rule.Of(resourceFacts)},
	{"prices", "what prices may become", rule.Of(prices)},
}

// ruleLinks returns the rules of the command: those of groups by the names of these,
// which it adds to used.
func ruleLinks(g guard, used map[string]bool) string {
	all := append([]rule.Rule{g.state}, rule.Of(g.checks)...)
	grouped := map[rule.Rule]bool{}
	var names []string
	for _, group := range groups {
		if contains(all, group.rules) {
			used[group.name] = true
			names = append(names, "*"+group.name+"*")
			for _, r := range group.rules {
				grouped[r] = true
			}
		}
	}
	links := linksTo(slices.DeleteFunc(all, func(r rule.Rule) bool { return grouped[r] }))
	if g.document {
		names = append(names, "[the document](../rules.md)")
	}
	if len(names) > 0 {
		links += "; and those of " + strings.Join(names, ", ")
	}
	return links
}

func contains(all, some []rule.Rule) bool {
	return !slices.ContainsFunc(some, func(r rule.Rule) bool { return !slices.Contains(all, r) })
}

func linksTo(rules []rule.Rule) string {
	var links []string
	for _, r := range rules {
		link := fmt.Sprintf("[%s](../rules.md#%s)", r.ID, strings.ReplaceAll(r.ID, ".", ""))
		if !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return strings.Join(links, ", ")
}

func stateWords(s State) string {
	if s == "" {
		return "none: it is in no list any more"
	}
	return string(s)
}

func durationWords(d time.Duration) string {
	n, unit := int(d/time.Hour), "hour"
	if d >= 24*time.Hour {
		n, unit = int(d/(24*time.Hour)), "day"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// stepWords say what the steps of a request are.
var stepWords = map[Event]string{
	EventSending:       "the change set is about to be sent: from here on it may exist",
	EventSent:          "the marketplace has given its id",
	EventSendAgain:     "the marketplace itself failed; another change set takes its place, five at the most",
	EventCancelRefused: "a cancellation came too late; the request goes on",
	EventPreviewReady:  "the submission has succeeded",
	EventReturnToDraft: "the first submission has failed or was cancelled",
	EventReturnToTest:  "a later submission has failed or was cancelled",
	EventGoLive:        "the sign-off has succeeded",
	EventUpdated:       "the update has succeeded",
	EventUnpublished:   "the removal has succeeded",
	EventRequestEnded:  "the request has failed or was cancelled; the listing is as it was",
}
