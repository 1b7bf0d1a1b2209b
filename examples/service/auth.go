package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/listing"
)

// caller is who asks, and for which seller.
type caller struct {
	Seller listing.AccountID `json:"seller"`
	Who    string            `json:"who"`
}

// authenticate returns who asks, and whether that is known: nobody else is answered but
// with 401. Put your own in its place: a session, a JSON Web Token, or a header that only
// your proxy can set.
type authenticate func(*http.Request) (who caller, known bool)

// challenge says how to sign in.
const challenge = `Basic realm="listings", Bearer`

// tokens is an authenticate: it knows the SHA-256 of each token, in hexadecimal digits,
// so that the file of settings has no secret in it. Browsers send the token as the
// password of Basic authentication. The tokens must be long and random.
type tokens map[string]caller

func (t tokens) authenticate(r *http.Request) (who caller, known bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		_, token, _ = r.BasicAuth()
	}
	who, known = t[digest(token)]
	return who, known
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// session is the caller with the manager of the seller, which no other seller's
// listings can be reached with.
type session struct {
	*lifecycle.Manager
	who string
}

type sessionKey struct{}

func (s *service) session(r *http.Request) (of session, known bool) {
	who, known := s.world.authenticate(r)
	manager := s.managers[who.Seller]
	return session{manager, who.Who}, known && manager != nil
}

// signIn lets a request through that somebody is known for.
func (s *service) signIn(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	of, known := s.session(r)
	if !known {
		ctx.SetHeader("WWW-Authenticate", challenge)
		_ = huma.WriteErr(s.api, ctx, http.StatusUnauthorized, "give a token: Authorization: Bearer …") // it prints what went wrong
		return
	}
	next(huma.WithValue(ctx, sessionKey{}, of))
}

// look returns whose listings the console shows. There nothing can be changed: to let
// people act, give console.Session an ID and MayAct.
func (s *service) look(r *http.Request) (console.Session, error) {
	of, known := s.session(r)
	if !known {
		return console.Session{}, console.ErrSignIn
	}
	return console.Session{Manager: of.Manager, User: of.who}, nil
}
