package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

var (
	// errForm: the form is not of a page of this session.
	errForm = errors.New("the form is not of this session")
	// errInput: the request has a part that makes no sense.
	errInput = errors.New("the request makes no sense")
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure sets what browsers must keep to.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}

// crossOrigin reports whether a browser sent the request from a page of elsewhere. It
// judges as http.CrossOriginProtection does, which needs a newer Go than this module.
func crossOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
		origin := r.Header.Get("Origin")
		if origin == "" {
			return false
		}
		u, err := url.Parse(origin)
		return err != nil || u.Host != r.Host
	}
	return true
}

// token is what forms of the session carry.
func (q *request) token() string {
	mac := hmac.New(sha256.New, q.secret)
	fmt.Fprintf(mac, "%q %q %q", q.Manager.Seller(), q.User, q.ID)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ownForm returns an error unless the form was sent by a page of the session.
func (q *request) ownForm() error {
	if !q.mayAct() || crossOrigin(q.r) {
		return errForm
	}
	q.r.Body = http.MaxBytesReader(q.w, q.r.Body, 64<<10)
	if err := q.r.ParseForm(); err != nil {
		return errors.Join(errInput, err)
	}
	if !hmac.Equal([]byte(q.r.PostForm.Get("token")), []byte(q.token())) {
		return errForm
	}
	return nil
}
