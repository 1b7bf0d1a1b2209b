// Package mend corrects what is mechanical in the files of a listing's folder: how
// things are spelt, and never what they mean. A price, an account or a date that can
// be read in two ways is left to its author, and so is what a rule refuses for what it
// says.
//
// Comments, the order of members and the style of values stay. Every change is made in
// the text of the file, and what the file says is read again after it: a change that
// says more than was meant is not made.
//
// The functions are pure, and safe for concurrent use.
package mend
