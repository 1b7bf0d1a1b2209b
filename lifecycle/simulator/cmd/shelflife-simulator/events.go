package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// patience is how long the receiver of an event may take. The call that made the event waits for it.
const patience = 5 * time.Second

// poster posts each event to the address. Like EventBridge it promises nothing: what is not received is lost, and said.
func poster(ctx context.Context, address string, stderr io.Writer) (func(event []byte), error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("-events must be an http or https address")
	case u.User != nil:
		return nil, errors.New("-events has a user or a password in its address; take them out")
	}
	shown := u.Scheme + "://" + u.Host + u.Path // a query may hold a secret
	client := &http.Client{Timeout: patience}
	return func(event []byte) {
		if err := post(ctx, client, address, event); err != nil {
			var failed *url.Error // its text has the whole address
			if errors.As(err, &failed) {
				err = failed.Err
			}
			_, _ = fmt.Fprintf(stderr, "shelflife-simulator: an event is lost: %s %v\n", shown, err)
		}
	}, nil
}

func post(ctx context.Context, client *http.Client, address string, event []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(event))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode/100 != 2 {
		return errors.New("answers " + response.Status)
	}
	return nil
}
