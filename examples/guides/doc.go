// Package guides holds the code that README and the pages under docs show, so that it
// is compiled and run. A region begins with "// snippet: name" and ends with "// end";
// a page shows it after a comment such as
//
//	<!-- code: guides/service_test.go#errors -->
package guides
