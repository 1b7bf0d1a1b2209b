// Package stores tests the stores with drivers that their modules do not require.
package stores
