package pgstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shelflife-go/shelflife/lifecycle"
)

// native gives an error of the driver the name that the contract has for it.
func native(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		if remedy := mayPass(answer.Code); remedy != "" {
			return fmt.Errorf("%w: %s: %w", lifecycle.ErrUnavailable, remedy, err)
		}
		if answer.Code == "42P01" {
			return fmt.Errorf("the tables are not there: call Migrate, or correct search_path: %w", err)
		}
		return err
	}
	if lost(err) {
		return fmt.Errorf("%w: the server cannot be reached, or the connection was lost; whether a Save took effect is not known: load the record, and try again: %w", lifecycle.ErrUnavailable, err)
	}
	return err
}

// mayPass returns what to do about an error of the server that may pass by itself, by
// its SQLSTATE; empty for one that does not.
func mayPass(code string) string {
	switch code {
	case "53100":
		return "the server's disk is full: make room, and try again"
	case "53300":
		return "the server has no connection left: make pools smaller or max_connections larger, and try again"
	case "25006":
		return "the server, or the session, is read-only: connect to the primary (target_session_attrs=read-write), and try again"
	case "40001", "40P01":
		return "other transactions were in the way each time: try again"
	case "55P03", "57014":
		return "a lock or a statement took longer than the server's timeouts allow: try again"
	case "25P03", "25P04", "40003":
		return "the server has ended the transaction: load the record, and try again"
	case "58030":
		return "the server cannot read or write its files: look at its log, and try again"
	}
	switch code[:min(2, len(code))] {
	case "53":
		return "the server is short of a resource: look at its log, and try again"
	case "57", "08":
		return "the server stops, starts or has ended the connection; whether a Save took effect is not known: load the record, and try again"
	}
	return ""
}

// lost reports whether an error, which is not an answer of the server, is that of a
// connection.
func lost(err error) bool {
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

// conflicts reports whether the server has undone a transaction because of others,
// and asks to repeat it. It does so before a commit only.
func conflicts(err error) bool { return is(err, "40001", "40P01") }

// is reports whether the error is an answer of the server with one of the codes. A
// code of two characters stands for its class.
func is(err error, codes ...string) bool {
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		return false
	}
	for _, code := range codes {
		if answer.Code == code || len(code) == 2 && strings.HasPrefix(answer.Code, code) {
			return true
		}
	}
	return false
}

func about(key lifecycle.Key, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%v: %w", key, err)
}
