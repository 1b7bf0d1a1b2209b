// Package pgstore keeps records and their journals in PostgreSQL.
package pgstore
