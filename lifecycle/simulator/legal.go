package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
)

// legalCopies are the documents as AWS gives them back: at an address of its own, presigned for 24 hours, with another
// token at each reading. The standard contract has such an address too.
func (s *Simulator) legalCopies(e *entity, documents []legalDocument) []legalDocument {
	copies := make([]legalDocument, len(documents))
	for i, d := range documents {
		object := "standard-contract/" + d.Version + "/contract.txt"
		if d.URL != "" {
			object = digest(e.Seller, d.URL) + "/license.txt"
		}
		copies[i] = legalDocument{d.Type, s.presigned(object), d.Version}
	}
	return copies
}

// presigned has the form of an address of S3 that is good for a day. Nothing is behind it.
func (s *Simulator) presigned(object string) string {
	token := digest("token", fmt.Sprint(s.calls))
	query := url.Values{
		"X-Amz-Algorithm":      {"AWS4-HMAC-SHA256"},
		"X-Amz-Credential":     {"ASIASIMULATED/" + s.st.Now.Format("20060102") + "/us-east-1/s3/aws4_request"},
		"X-Amz-Date":           {s.st.Now.Format("20060102T150405Z")},
		"X-Amz-Expires":        {"86400"},
		"X-Amz-Security-Token": {token},
		"X-Amz-SignedHeaders":  {"host"},
		"X-Amz-Signature":      {digest(object, token)},
	}
	return "https://awsmp-legal-documents.s3.us-east-1.amazonaws.com/" + object + "?" + query.Encode()
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q", parts)))
	return hex.EncodeToString(sum[:])
}
