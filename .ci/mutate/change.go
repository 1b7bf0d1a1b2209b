package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (f *finder) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		f.condition(n.Cond)
	case *ast.CaseClause:
		f.clause(n)
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT && !f.isCondition(n) {
			f.truth(n, f.code(n.X))
		}
	case *ast.BasicLit:
		f.number(n)
	case *ast.ExprStmt:
		f.statement(n)
	case *ast.CallExpr:
		f.call(n)
	case *ast.CompositeLit:
		f.elements(n)
	case *ast.KeyValueExpr:
		f.entry(n)
	}
}

// truth takes other for the truth value n.
func (f *finder) truth(n ast.Expr, other string) {
	f.add(n, short(f.code(n))+" → "+short(other), func(id int, inner string) string {
		return fmt.Sprintf("(mutant(%d) && (%s) || !mutant(%[1]d) && (%[3]s))", id, other, inner)
	})
}

// value takes other for the value of n, which is not a truth value.
func (f *finder) value(n ast.Expr, other, what string) {
	f.add(n, what, func(id int, inner string) string { return fmt.Sprintf("mutantOr(%d, %s, %s)", id, other, inner) })
}

// condition drops what a branch is taken for. Of a and b, joined by or, each is
// dropped on its own.
func (f *finder) condition(cond ast.Expr) {
	if b, ok := cond.(*ast.BinaryExpr); ok && b.Op == token.LOR {
		return
	}
	f.truth(cond, "false")
}

// clause drops the cases of a switch that has no tag.
func (f *finder) clause(c *ast.CaseClause) {
	if s, ok := f.around(2).(*ast.SwitchStmt); ok && s.Tag == nil {
		for _, e := range c.List {
			f.condition(e)
		}
	}
}

// isCondition reports that n is dropped already. To turn it round shows nothing
// more: the test that notices the one notices the other.
func (f *finder) isCondition(n ast.Expr) bool {
	switch p := f.parent().(type) {
	case *ast.IfStmt:
		return p.Cond == n
	case *ast.CaseClause:
		return true
	case *ast.BinaryExpr:
		return p.Op == token.LAND || p.Op == token.LOR
	}
	return false
}

var (
	boundary = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}
	opposite = map[token.Token]string{token.LSS: ">=", token.LEQ: ">", token.GTR: "<=", token.GEQ: "<", token.EQL: "!=", token.NEQ: "=="}
)

// binary drops one side of && and ||, and moves or turns round a comparison.
func (f *finder) binary(b *ast.BinaryExpr) {
	left, right := f.code(b.X), f.code(b.Y)
	if b.Op == token.LAND || b.Op == token.LOR {
		f.truth(b, right)
		f.truth(b, left)
		return
	}
	if op, ok := boundary[b.Op]; ok {
		f.truth(b, left+" "+op+" "+right)
	}
	op, ok := opposite[b.Op]
	if !ok {
		return
	}
	if !f.isCondition(b) {
		f.truth(b, left+" "+op+" "+right)
	}
	// The boundary has moved the limit by one in one direction already. What is written
	// in hexadecimal is no limit.
	if n, ok := b.Y.(*ast.BasicLit); ok && n.Kind == token.INT && !strings.HasPrefix(n.Value, "0x") {
		limit, err := strconv.ParseInt(n.Value, 0, 64)
		switch {
		case err != nil:
		case b.Op == token.GTR || b.Op == token.LEQ || b.Op == token.EQL || b.Op == token.NEQ:
			f.truth(b, fmt.Sprintf("%s %s %d", left, b.Op, limit+1))
		default:
			f.truth(b, fmt.Sprintf("%s %s %d", left, b.Op, limit-1))
		}
	}
}

// limited are the calls whose numbers are limits. Those of bounds have the type of what
// stands beside them: they are changed as constants are.
var (
	limited = []string{"Text", "OptionalText", "HTTPS", "OptionalHTTPS", "Count"}
	bounds  = []string{"min", "max"}
)

// number moves a limit by one, up and down: one that is handed to a check, or a
// constant.
func (f *finder) number(n *ast.BasicLit) {
	value, err := strconv.ParseInt(n.Value, 0, 64)
	if n.Kind != token.INT || err != nil {
		return
	}
	for _, other := range []int64{value + 1, value - 1} {
		text := strconv.FormatInt(other, 10)
		what := n.Value + " → " + text
		switch call, ok := f.parent().(*ast.CallExpr); {
		case other < 0:
		case ok && slices.Contains(limited, called(call)):
			f.value(n, text, what)
		case f.inConstant(), ok && slices.Contains(bounds, called(call)):
			f.add(n, what, nil).text = text
		}
	}
}

func (f *finder) inConstant() bool {
	return slices.ContainsFunc(f.above, func(n ast.Node) bool {
		d, ok := n.(*ast.GenDecl)
		return ok && d.Tok == token.CONST
	})
}

// tells are the calls that tell others something, such as a header or an attribute.
var tells = []string{"Set", "SetAttributes", "SetStatus", "AddEvent", "Add", "Record", "record", "countRefusal", "countEntry", "wake"}

// statement drops a call that judges (one that is handed the report) or tells. Where it
// is all that a branch does, dropping the condition does the same.
func (f *finder) statement(s *ast.ExprStmt) {
	call, ok := s.X.(*ast.CallExpr)
	if !ok || !f.judges(call) && !slices.Contains(tells, called(call)) {
		return
	}
	switch p := f.parent().(type) {
	case *ast.BlockStmt:
		if _, branch := f.around(2).(*ast.IfStmt); branch && len(p.List) == 1 {
			return
		}
	case *ast.CaseClause:
		if s, ok := f.around(3).(*ast.SwitchStmt); ok && s.Tag == nil && p.List != nil {
			return
		}
	}
	f.add(s, "drops "+short(f.code(s)), func(id int, inner string) string {
		return fmt.Sprintf("if !mutant(%d) { %s }", id, inner)
	})
}

func (f *finder) judges(call *ast.CallExpr) bool {
	isReport := func(e ast.Expr) bool { name := f.code(e); return name == "r" || name == "report" }
	if s, ok := call.Fun.(*ast.SelectorExpr); ok && isReport(s.X) {
		return true
	}
	return slices.ContainsFunc(call.Args, isReport)
}

// call drops guards, and changes what a pattern or a set of characters takes.
func (f *finder) call(c *ast.CallExpr) {
	switch called(c) {
	case "one":
		for _, a := range c.Args {
			f.value(a, "rule.Check[move]{}", "drops the guard "+short(f.code(a)))
		}
	case "Concat", "update":
		for _, a := range c.Args {
			f.value(a, "nil", "drops the guards "+short(f.code(a)))
		}
	case "MustCompile":
		if l, ok := c.Args[0].(*ast.BasicLit); ok {
			f.pattern(l)
		}
	case "ContainsAny", "ContainsRune", "TrimLeft", "TrimRight":
		for _, a := range c.Args {
			if l, ok := a.(*ast.BasicLit); ok {
				f.characters(l)
			}
		}
	}
}

func called(c *ast.CallExpr) string {
	switch fun := c.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// elements drops each element of a list that is not a table of checks; those
// are dropped by their conditions.
func (f *finder) elements(l *ast.CompositeLit) {
	list, ok := l.Type.(*ast.ArrayType)
	if !ok || list.Len != nil || len(l.Elts) < 2 || strings.HasPrefix(f.code(list.Elt), "rule.Check") {
		return
	}
	for i, e := range l.Elts {
		f.add(l, "drops "+short(f.code(e)), func(id int, inner string) string {
			return fmt.Sprintf("mutantWithout(%d, %d, %s)", id, i, inner)
		})
	}
}

// entry takes a rule for the one before it, and a guard for one that does not
// look at the document.
func (f *finder) entry(e *ast.KeyValueExpr) {
	key, ok := e.Key.(*ast.Ident)
	if !ok {
		return
	}
	switch rule := f.code(e.Value); key.Name {
	case "Rule", "state":
		if !strings.Contains(rule, "Rule") {
			return
		}
		if f.rule != "" && f.rule != rule {
			f.value(e.Value, f.rule, rule+" → "+f.rule)
		}
		f.rule = rule
	case "document":
		f.truth(e.Value, "false")
	}
}

var (
	quantifier = regexp.MustCompile(`\{([0-9]+)(?:,([0-9]+))?\}`)
	anchor     = regexp.MustCompile("^`(\\^)|(\\$)`$|(\\\\b)|(\\(\\?i\\))")
)

// pattern moves each bound of a pattern by one, and drops its anchors.
func (f *finder) pattern(l *ast.BasicLit) {
	change := func(from, to int, text, what string) {
		f.value(l, l.Value[:from]+text+l.Value[to:], fmt.Sprintf("%s at %d of %s", what, from, short(l.Value)))
	}
	eachGroup(quantifier, l.Value, func(from, to int) {
		n, err := strconv.Atoi(l.Value[from:to])
		for _, moved := range []int{n - 1, n + 1} {
			if err == nil && moved >= 0 {
				change(from, to, strconv.Itoa(moved), fmt.Sprintf("%d → %d", n, moved))
			}
		}
	})
	eachGroup(anchor, l.Value, func(from, to int) { change(from, to, "", "drops "+l.Value[from:to]) })
}

func eachGroup(pattern *regexp.Regexp, text string, visit func(from, to int)) {
	for _, m := range pattern.FindAllStringSubmatchIndex(text, -1) {
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				visit(m[i], m[i+1])
			}
		}
	}
}

// characters drops each character of a set.
func (f *finder) characters(l *ast.BasicLit) {
	set, err := strconv.Unquote(l.Value)
	if err != nil || utf8.RuneCountInString(set) < 2 {
		return
	}
	for i, c := range set {
		f.value(l, strconv.Quote(set[:i]+set[i+utf8.RuneLen(c):]), fmt.Sprintf("drops %q of %s", c, l.Value))
	}
}
