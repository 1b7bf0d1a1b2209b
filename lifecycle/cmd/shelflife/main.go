// Command shelflife takes listings from folders through their lives on AWS
// Marketplace. README.md says how; "shelflife help" lists what it does.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
