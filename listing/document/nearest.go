package document

import (
	"slices"
	"strconv"
	"strings"
)

// Nearest returns the one of the known names that name may be a misspelling of: the
// first of those with the fewest letters that are wrong, missing, too many, or exchanged
// with the next. Capitals count as small letters. It returns an empty string if none
// differs in few enough: one letter for every six of the name and one more, at most three.
// It is safe for concurrent use.
func Nearest(name string, known []string) string {
	const longest = 100 // of a name that is worth the time
	if name == "" || len(name) > longest {
		return ""
	}
	a := []rune(strings.ToLower(name))
	nearest, least := "", min(1+len(a)/6, 3)+1
	for _, each := range known {
		b := []rune(strings.ToLower(each))
		if len(each) > longest || len(a) == 1 && len(b) == 1 {
			continue
		}
		if d := distance(a, b); d < least {
			nearest, least = each, d
		}
	}
	return nearest
}

// distance returns in how many letters a and b differ.
func distance(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			wrong := 1
			if a[i] == b[j] {
				wrong = 0
			}
			row[j+1] = min(last[j]+wrong, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// suggest says what to do about a field that is not known.
func suggest(name string, fields map[string][]int) string {
	known := make([]string, 0, len(fields))
	for each := range fields {
		if strings.EqualFold(each, name) {
			return ": spell it " + strconv.Quote(each)
		}
		known = append(known, each)
	}
	slices.Sort(known)
	if near := Nearest(name, known); near != "" {
		return ": did you mean " + strconv.Quote(near) + "?"
	}
	return ": remove it, or correct its name"
}
