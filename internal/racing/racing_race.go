//go:build race

package racing

// On reports whether it does.
const On = true
