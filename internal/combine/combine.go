// Package combine makes every text of a kind for tests that hold a function against
// another way to say the same.
package combine

// Rows calls visit with every text that is made of at most n of the pieces in a row,
// the empty text included.
func Rows(n int, pieces []string, visit func(text string)) {
	var grow func(text string, n int)
	grow = func(text string, n int) {
		visit(text)
		if n == 0 {
			return
		}
		for _, piece := range pieces {
			grow(text+piece, n-1)
		}
	}
	grow("", n)
}

// Choices calls visit with every text that is made of one piece of each list, in
// their order.
func Choices(lists [][]string, visit func(text string)) {
	var grow func(text string, rest [][]string)
	grow = func(text string, rest [][]string) {
		if len(rest) == 0 {
			visit(text)
			return
		}
		for _, piece := range rest[0] {
			grow(text+piece, rest[1:])
		}
	}
	grow("", lists)
}
