package version_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/shelflife-go/shelflife/version"
)

func TestRemedyOfAnAccountID(t *testing.T) {
	t.Parallel()
	for id, want := range map[version.AccountID]string{
		"111122223333":        "",
		"012345678901":        "",
		"12345678901":         "write all twelve digits; leading zeros may have been lost: 012345678901",
		"1111-2222-3333":      "leave out the separators: 111122223333",
		"1111 2222 3333":      "leave out the separators: 111122223333",
		"1111–2222–3333":      "leave out the separators: 111122223333",
		" 111122223333\n":     "leave out the separators: 111122223333",
		"1234567890123":       "give the twelve digits of an AWS account",
		"1111\u20162222,3333": "leave out the separators: 111122223333",
		"123456789":           "write all twelve digits; leading zeros may have been lost: 000123456789",
		"12345678":            "give the twelve digits of an AWS account",
		"1":                   "give the twelve digits of an AWS account",
		"12-34":               "give the twelve digits of an AWS account",
		"x1":                  "give the twelve digits of an AWS account",
		"1x":                  "give the twelve digits of an AWS account",
		"acme":                "give the twelve digits of an AWS account",
		"":                    "give the twelve digits of an AWS account",
	} {
		assert.Equal(t, want, id.Remedy(), "%q", id)
		assert.Equal(t, want == "", id.Valid())
	}
}
