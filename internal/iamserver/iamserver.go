// Package iamserver answers calls of AWS STS and IAM as those services do, for tests: who
// the caller is, what a role is, and what a policy allows. A test decides what the
// answers are; this package reads the calls and writes the XML.
package iamserver

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Account is what STS and IAM know.
type Account interface {
	// Refuse returns the error that answers the action; the zero value is none.
	Refuse(action string) Error
	// Caller returns the ARN that the credentials of a call are of.
	Caller() string
	// Role returns the role of that name, and whether it exists.
	Role(name string) (Role, bool)
	// Simulate returns what IAM finds out about the question.
	Simulate(q Question) (Answer, Error)
}

// Role is a role of the account: its ARN, and its trust policy as JSON.
type Role struct{ ARN, Trust string }

// TrustsMarketplace is the trust policy of a role that AWS Marketplace may assume.
const TrustsMarketplace = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"assets.marketplace.amazonaws.com"},"Action":"sts:AssumeRole"}}`

// Error is an error answer: an HTTP status and a code of AWS.
type Error struct {
	Status int
	Code   string
}

// NewError returns an error answer.
func NewError(status int, code string) Error { return Error{status, code} }

// NoSuchEntity answers what names something that IAM does not have.
var NoSuchEntity = NewError(http.StatusNotFound, "NoSuchEntity")

// Call returns the parameters of a call of the Query protocol, which STS and IAM speak;
// nil for any other request. The body can be read again afterwards.
func Call(t testing.TB, r *http.Request) url.Values {
	t.Helper()
	if r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	call, err := url.ParseQuery(string(body))
	if err != nil {
		t.Error(err)
	}
	return call
}

// Members returns a list among the parameters of a call.
func Members(call url.Values, list string) (all []string) {
	for i := 1; call.Get(fmt.Sprintf("%s.member.%d", list, i)) != ""; i++ {
		all = append(all, call.Get(fmt.Sprintf("%s.member.%d", list, i)))
	}
	return all
}

// Serve answers a call for the account. The test fails if the call is not signed for
// the service and the Region that it is for.
func Serve(t testing.TB, w http.ResponseWriter, r *http.Request, call url.Values, a Account) {
	t.Helper()
	action, service := call.Get("Action"), "iam"
	if action == "GetCallerIdentity" {
		service = "sts"
	}
	if !strings.Contains(r.Header.Get("Authorization"), "/us-east-1/"+service+"/aws4_request") {
		t.Errorf("%s is signed as %q", action, r.Header.Get("Authorization"))
	}
	result, failed := any(nil), a.Refuse(action)
	if failed == (Error{}) {
		result, failed = answer(a, action, call)
	}
	w.Header().Set("Content-Type", "text/xml")
	if failed != (Error{}) {
		w.WriteHeader(failed.Status)
		_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>refused</Message></Error><RequestId>1</RequestId></ErrorResponse>", failed.Code)
		return
	}
	data, err := xml.Marshal(result)
	if err != nil {
		t.Error(err)
	}
	_, _ = fmt.Fprintf(w, "<%sResponse>%s<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></%sResponse>", action, data, action)
}

// answer returns the result of an action, ready to be written as XML.
func answer(a Account, action string, call url.Values) (any, Error) {
	switch action {
	case "GetCallerIdentity":
		return identity{ARN: a.Caller(), UserID: "AROAEXAMPLE", Account: strings.Split(a.Caller(), ":")[4]}, Error{}
	case "GetRole":
		name := call.Get("RoleName")
		role, ok := a.Role(name)
		if !ok {
			return nil, NoSuchEntity
		}
		return roleResult{Role: roleXML{
			Path: "/", RoleName: name, RoleID: "AROAEXAMPLE", ARN: role.ARN, CreateDate: "2026-01-05T00:00:00Z",
			AssumeRolePolicyDocument: url.QueryEscape(role.Trust),
		}}, Error{}
	case "SimulatePrincipalPolicy":
		const entry = "ContextEntries.member.1."
		q := Question{
			Principal: call.Get("PolicySourceArn"), Action: call.Get("ActionNames.member.1"), Resources: Members(call, "ResourceArns"),
			Key: call.Get(entry + "ContextKeyName"), Values: Members(call, entry+"ContextKeyValues"), Marker: call.Get("Marker"),
		}
		kind := "string"
		if len(q.Values) > 1 {
			kind = "stringList"
		}
		if q.Key != "" && call.Get(entry+"ContextKeyType") != kind {
			return nil, NewError(http.StatusBadRequest, "InvalidInput")
		}
		found, failed := a.Simulate(q)
		return simulated{IsTruncated: found.Marker != "", Answer: found}, failed
	}
	return nil, NewError(http.StatusBadRequest, "InvalidAction")
}

type identity struct {
	XMLName xml.Name `xml:"GetCallerIdentityResult"`
	ARN     string   `xml:"Arn"`
	UserID  string   `xml:"UserId"`
	Account string
}

type roleResult struct {
	XMLName xml.Name `xml:"GetRoleResult"`
	Role    roleXML
}

type roleXML struct {
	Path, RoleName, CreateDate, AssumeRolePolicyDocument string

	RoleID string `xml:"RoleId"`
	ARN    string `xml:"Arn"`
}

type simulated struct {
	XMLName     xml.Name `xml:"SimulatePrincipalPolicyResult"`
	IsTruncated bool
	Answer
}
