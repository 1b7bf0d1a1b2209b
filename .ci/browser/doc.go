// Package browser tests the console in a browser: that everybody can use it, with and
// without JavaScript, on a phone, in light and in dark. It makes the pictures of the
// documentation.
package browser
