package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/listing/document"
)

// A call that had no answer, as the AWS SDK and net/http tell of it: the host, and why.
var (
	callFailed  = regexp.MustCompile(`(?:unavailable: )*(?:operation error [^\n]*?)?request send failed, \w+ "https?://([^/"?]+)[^"\n]*": ([^\n]+)`)
	fetchFailed = regexp.MustCompile(`(?:unavailable: )*https?://([^/\s"]+)[^\s"]*: ((?:dial|proxyconnect) tcp[^\n]*)`)
)

// unreached returns the host that could not be reached, and the first cause; empty if the
// text is about something else.
func unreached(text string) (host, cause string) {
	for _, failed := range []*regexp.Regexp{callFailed, fetchFailed} {
		if m := failed.FindStringSubmatch(text); m != nil {
			return m[1], m[2][strings.LastIndex(": "+m[2], ": "):]
		}
	}
	return "", ""
}

// plainly says in few words that a host could not be reached.
func plainly(text string) string {
	host, cause := unreached(text)
	if host == "" {
		return text
	}
	for _, failed := range []*regexp.Regexp{callFailed, fetchFailed} {
		text = failed.ReplaceAllLiteralString(text, host+" could not be reached: "+cause)
	}
	return text
}

// plainly is the function plainly, unless whole errors are wanted.
func (t *tool) plainly(text string) string {
	if t.verbose || t.json {
		return text
	}
	return plainly(text)
}

// withoutUnreached returns a plan without the reasons that a host could not be reached,
// and adds the hosts with the causes.
func withoutUnreached(p lifecycle.Plan, hosts map[string]string) lifecycle.Plan {
	p.Findings.NotChecked = slices.Clone(p.Findings.NotChecked)
	for i, g := range p.Findings.NotChecked {
		if host, cause := unreached(g.Why); host != "" {
			p.Findings.NotChecked[i].Why, hosts[host] = "", cause
		}
	}
	return p
}

// unreachedLine says in one line which hosts could not be reached.
func unreachedLine(hosts map[string]string) string {
	if len(hosts) == 0 {
		return ""
	}
	var all []string
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		all = append(all, fmt.Sprintf("%s (%s)", document.Printable(document.Cut(host, 200)), document.Printable(document.Cut(hosts[host], 200))))
	}
	return "could not be reached, so that not all is checked: " + strings.Join(all, ", ") + "; -v has the whole errors\n"
}
