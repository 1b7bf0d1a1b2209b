package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
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

// authenticate returns who asks. An error means that nobody is known: nothing is
// answered but 401. Put your own in its place: a session, a JSON Web Token, or a header
// that only your proxy can set.
type authenticate func(*http.Request) (caller, error)

// challenge says how to sign in.
const challenge = `Basic realm="listings", Bearer`

var errNobody = errors.New("give a token: Authorization: Bearer …")

// tokens is an authenticate: it knows the SHA-256 of each token, in hexadecimal digits,
// so that the file of settings has no secret in it. Browsers send the token as the
// password of Basic authentication. The tokens must be long and random.
type tokens map[string]caller

func (t tokens) authenticate(r *http.Request) (caller, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		_, token, _ = r.BasicAuth()
	}
	who, ok := t[digest(token)]
	if !ok {
		return caller{}, errNobody
	}
	return who, nil
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

func (s *service) session(r *http.Request) (session, error) {
	who, err := s.world.authenticate(r)
	manager := s.managers[who.Seller]
	if err != nil || manager == nil {
		return session{}, errNobody
	}
	return session{manager, who.Who}, nil
}

// signIn lets a request through that somebody is known for.
func (s *service) signIn(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	known, err := s.session(r)
	if err != nil {
		ctx.SetHeader("WWW-Authenticate", challenge)
		_ = huma.WriteErr(s.api, ctx, http.StatusUnauthorized, errNobody.Error()) // it prints what went wrong
		return
	}
	next(huma.WithValue(ctx, sessionKey{}, known))
}

// look returns whose listings the console shows. There nothing can be changed: to let
// people act, give console.Session an ID and MayAct.
func (s *service) look(r *http.Request) (console.Session, error) {
	known, err := s.session(r)
	if err != nil {
		return console.Session{}, console.ErrSignIn
	}
	return console.Session{Manager: known.Manager, User: known.who}, nil
}
