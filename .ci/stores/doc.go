// Package stores holds the stores side by side: what several processes do to them at
// once, what is left of them after a kill, a whole life with jobs, and drivers that their
// modules do not require. It is in no release.
package stores
