package listing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

func BenchmarkCheck(b *testing.B) {
	l := lifecycletest.ModelPackage()
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if err := listing.Check(l).Err(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	data, err := listing.Format(lifecycletest.ModelPackage())
	require.NoError(b, err)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, err := listing.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	l := lifecycletest.ModelPackage()
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, err := listing.Format(l); err != nil {
			b.Fatal(err)
		}
	}
}
