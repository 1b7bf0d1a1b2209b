package testserver_test

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/shelflife-go/shelflife/internal/testserver"
)

// A server that the tests have started is gone when they are, however they end.
func TestDynamoDBEndsWithTheProcess(t *testing.T) {
	if os.Getenv("SHELFLIFE_TESTSERVER_CHILD") != "" {
		t.Log("endpoint " + testserver.DynamoDB(t))
		time.Sleep(time.Minute)
		return
	}
	t.Setenv("SHELFLIFE_DYNAMODB", "") // that one is not ours
	testserver.DynamoDB(t)             // skips where there is none
	child := exec.CommandContext(context.Background(), os.Args[0], "-test.run", t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), "SHELFLIFE_TESTSERVER_CHILD=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	endpoint := ""
	for lines := bufio.NewScanner(out); endpoint == "" && lines.Scan(); {
		_, endpoint, _ = strings.Cut(lines.Text(), "endpoint ")
	}
	if !answers(t, endpoint) {
		t.Fatalf("no server at %q", endpoint)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	for end := time.Now().Add(10 * time.Second); answers(t, endpoint); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the server at %s goes on", endpoint)
		}
	}
}

func answers(t *testing.T, endpoint string) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, endpoint, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil
}
