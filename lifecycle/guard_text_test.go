package lifecycle_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// Who asks is named on one line that can be read, for every command.
func TestWhoAsksIsReadable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.TestProduct, false)
	before, err := b.Load(ctx, id)
	require.NoError(t, err)
	for by, says := range map[string]string{
		strings.Repeat("é", 257):        "by: has 257 characters, 256 are allowed",
		strings.Repeat("a", 15_000_000): "by: has 15000000 characters, 256 are allowed",
		"ann\xff":                       "by: is not valid UTF-8; convert it to UTF-8",
		"ann\x1b[31m":                   "by: has the character U+001B, which cannot be seen; remove it",
		"ann\u202e":                     "U+202E",
		"\u202eann":                     "U+202E",
		"ann\nroot":                     "U+000A",
		"ann\u2028root":                 "U+2028",
		"ann\u0085":                     "U+0085",
	} {
		_, err := b.Do(ctx, id, lifecycle.SignOff{}, lifecycle.By(by))
		require.ErrorIs(t, err, lifecycle.RuleBy)
		require.ErrorContains(t, err, says)
		require.Less(t, len(err.Error()), 1_000)
	}
	for event, c := range soundOn(before, before.Draft) {
		found := lifecycle.Explain(before, c, lifecycle.Input{At: b.Clock.Now(), By: "ann\x00"})
		require.ErrorIs(t, found.Err(), lifecycle.RuleBy, event)
	}
	for _, by := range []string{"", strings.Repeat("é", 256), "arn:aws:iam::111122223333:role/publisher", "پارسا نام\u200cخانوادگی", "Ann  (night shift) 😀"} {
		require.True(t, can(before, lifecycle.SignOff{}, lifecycle.Input{At: b.Clock.Now(), By: by, Facts: lifecycletest.Facts(before.Draft)}), by)
	}
	after, err := b.Load(ctx, id)
	require.NoError(t, err)
	require.Equal(t, before.Revision, after.Revision)
}

// A key of Once that nobody can read would be another one once it is stored.
func TestKeysOfOnceAreReadable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := lifecycletest.NewBench(t)
	id := uuid.New()
	for _, key := range []string{"k\xff", "k\x1b", "k\n", "k\u202e", "k\u200b", strings.Repeat("k", 129)} {
		_, err := b.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Once(key))
		require.ErrorIs(t, err, lifecycle.ErrConfig)
		require.ErrorContains(t, err, "the key of Once")
		_, err = b.Apply(ctx, id, lifecycle.Desired{Listing: lifecycletest.ModelPackage()}, lifecycle.Once(key))
		require.ErrorIs(t, err, lifecycle.ErrConfig)
	}
	hostile := lifecycletest.ModelPackage()
	hostile.Title = "\xff"
	_, err := b.Do(ctx, id, lifecycle.Create{Listing: hostile}, lifecycle.Once("k"))
	require.ErrorIs(t, err, listing.RuleValidUTF8, "with the field, though a key is made of it")
	require.ErrorContains(t, err, "title: is not valid UTF-8")
	_, err = lifecycle.EncodeCommand(lifecycle.Create{Listing: hostile})
	require.ErrorIs(t, err, lifecycle.ErrCannotKeep)
	_, err = b.Do(ctx, id, lifecycle.Create{Listing: lifecycletest.ModelPackage()}, lifecycle.Once("run 7: é"))
	require.NoError(t, err)
}

// What a removal states is kept, and has limits of its own.
func TestWhatARemovalStatesIsReadable(t *testing.T) {
	t.Parallel()
	b := lifecycletest.NewBench(t)
	id := b.Listing(t, lifecycletest.ModelPackage(), lifecycle.Live, false)
	r, err := b.Load(context.Background(), id)
	require.NoError(t, err)
	refused := func(c lifecycle.Unpublish, says string) {
		t.Helper()
		_, err := b.Do(context.Background(), id, c)
		require.ErrorIs(t, err, lifecycle.RuleUnpublishContact)
		require.ErrorContains(t, err, says)
		require.Less(t, len(err.Error()), 1_500)
	}
	long := func(n int) string { return strings.Repeat("a", n-len("@example.com")) + "@example.com" }
	for email, says := range map[string]string{
		long(255):                   "email: has 255 bytes, 254 are allowed",
		long(8_000_000):             "email: has 8000000 bytes, 254 are allowed",
		"ann\u202e@example.com":     "email: has the character U+202E",
		"ann\x1b@example.com":       "email: ",
		"ann\xff@example.com":       "email: is not valid UTF-8",
		"\"ann\nroot\"@example.com": "email: ",
		"\"ann\u200f\"@example.com": "email: has the character U+200F",
	} {
		refused(lifecycle.Unpublish{Email: email, Reason: "Replaced."}, says)
	}
	for reason, says := range map[string]string{
		"a\x1b[31mb":                "reason: has the character U+001B",
		"a\u2066b":                  "reason: has the character U+2066",
		"a\xff":                     "reason: is not valid UTF-8",
		strings.Repeat("a", 2_001):  "reason: has 2001 characters, 2000 are allowed",
		strings.Repeat("\x00", 100): "reason: ",
	} {
		refused(lifecycle.Unpublish{Email: "ann@example.com", Reason: reason}, says)
	}
	for _, c := range []lifecycle.Unpublish{
		{Email: long(254), Reason: strings.Repeat("é", 2_000)},
		{Email: "ann@example.com", Reason: "Old.\r\n\tSee the new one.\n"},
	} {
		require.True(t, can(r, c, lifecycle.Input{At: b.Clock.Now()}), c)
	}
}
