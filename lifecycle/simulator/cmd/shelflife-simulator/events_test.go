package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// command posts to the command as its clients do.
func command(t *testing.T, url, body string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20260105/us-east-1/aws-marketplace/aws4_request, SignedHeaders=host, Signature=0f")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, string(answer))
	return string(answer)
}

func TestPostsEvents(t *testing.T) {
	t.Parallel()
	received := make(chan string, 2)
	status := make(chan int, 2)
	status <- http.StatusInternalServerError
	status <- http.StatusAccepted
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		received <- r.Header.Get("Content-Type") + " " + string(body)
		w.WriteHeader(<-status)
	}))
	defer receiver.Close()
	url, stop := started(t, "-events", receiver.URL, "-review-by-hand")
	for range 2 { // the second is posted although the first was refused
		command(t, url+"/StartChangeSet", `{"Catalog":"AWSMarketplace","ChangeSet":[{"ChangeType":"CreateProduct","Entity":{"Type":"MachineLearningProduct@1.0"},"DetailsDocument":{}}]}`)
		command(t, url+"/_simulator/advance", `{"seconds":3600}`)
		got := <-received
		assert.Contains(t, got, "application/json {")
		assert.Contains(t, got, `"detail-type":"Change Set Succeeded"`)
	}
	require.NoError(t, stop())
}

func TestSaysWhichEventsAreLost(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	gone := httptest.NewServer(http.NotFoundHandler())
	post, err := poster(context.Background(), gone.URL, &said)
	require.NoError(t, err)
	post([]byte(`{}`))
	assert.Contains(t, said.String(), "an event is lost: "+gone.URL+" answers 404")
	gone.Close()
	post([]byte(`{}`))
	assert.Contains(t, said.String(), "refused")
	post, err = poster(context.Background(), gone.URL+"/hook?token=hidden", &said)
	require.NoError(t, err)
	post([]byte(`{}`))
	assert.Contains(t, said.String(), gone.URL+"/hook")
	assert.NotContains(t, said.String(), "hidden")

	for _, address := range []string{"nowhere", "ftp://localhost/x", "http://", "%", "https://user:hidden@example.com/", "http://hidden@localhost/"} {
		err := run(context.Background(), []string{"-addr", "127.0.0.1:0", "-events", address}, io.Discard, io.Discard)
		require.ErrorContains(t, err, "-events")
		assert.NotContains(t, err.Error(), "hidden")
	}
}
