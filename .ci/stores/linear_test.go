//go:build unix

package stores

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// SHELFLIFE_HISTORY is how many calls are made of each store that processes share, one
// half on one listing, one half on many.
const (
	historyVariable = "SHELFLIFE_HISTORY"
	historyCalls    = 2048
)

// With these variables a process calls a store and writes the history of its calls.
const (
	callPlace    = "STORES_CALL_PLACE"
	callWhere    = "STORES_CALL_WHERE"
	callProcess  = "STORES_CALL_PROCESS"
	callListings = "STORES_CALL_LISTINGS"
	callCalls    = "STORES_CALL_CALLS"
	callStart    = "STORES_CALL_START"
)

func init() { children["call"] = callStore }

// monotonic returns the nanoseconds of a clock that all processes of the machine share
// and that nobody sets. Two processes can compare what they read from it. The wall clock
// may be set in between, and what [time.Time] has besides begins with each process.
func monotonic() int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		panic(err) // every Unix has it
	}
	return now.Nano()
}

// callStore is the work of a child: it says that it is ready, waits for a line, makes
// its calls, and writes the history, one operation in a line.
func callStore() error {
	ctx := context.Background()
	s, err := placeNamed(os.Getenv(callPlace)).open(ctx, os.Getenv(callWhere))
	if err != nil {
		return err
	}
	var numbers []int
	for _, name := range []string{callProcess, callListings, callCalls, callStart} {
		n, err := strconv.Atoi(os.Getenv(name))
		if err != nil {
			return err
		}
		numbers = append(numbers, n)
	}
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	start := int64(numbers[3])
	history, err := callTogether(ctx, s, numbers[0], numbers[1], numbers[2], func() int64 { return monotonic() - start })
	out := json.NewEncoder(os.Stdout)
	for _, o := range history {
		err = errors.Join(err, out.Encode(o))
	}
	return err
}

// Whatever 4 processes with 8 goroutines each ask of one store at the same time, the
// answers are those of one record for each listing to which the calls came one after
// another. For DynamoDB that is more than it promises: it carries a transaction out item
// by item, and a list may then be one revision behind a Load. The servers for tests do
// it at once.
func TestLinearizable(t *testing.T) {
	t.Parallel()
	calls := number(t, historyVariable, historyCalls)
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, listings := range []int{1, 16} {
				t.Run(fmt.Sprintf("listings=%d", listings), func(t *testing.T) {
					requireVerdict(t, porcupine.Ok, callFromProcesses(t, p, listings, calls/2))
				})
			}
		})
	}
}

// callFromProcesses makes so many calls from processes that begin together, and returns
// the history of them all.
func callFromProcesses(t *testing.T, p place, listings, calls int) []operation {
	t.Helper()
	const processes = 4
	where := p.new(t)
	start := monotonic()
	type running struct {
		wait  func() error
		begin io.Writer
		out   *bufio.Reader
	}
	var all []running
	for process := range processes {
		cmd := child(t, "call", map[string]string{
			callPlace: p.name, callWhere: where, callProcess: strconv.Itoa(process), callListings: strconv.Itoa(listings),
			callCalls: strconv.Itoa(max(1, calls/processes/callers)), callStart: strconv.FormatInt(start, 10),
		})
		begin, err := cmd.StdinPipe()
		require.NoError(t, err)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		all = append(all, running{cmd.Wait, begin, bufio.NewReader(out)})
	}
	for _, r := range all {
		_, err := r.out.ReadString('\n')
		require.NoError(t, err)
	}
	for _, r := range all {
		_, err := io.WriteString(r.begin, "begin\n")
		require.NoError(t, err)
	}
	var history []operation
	for _, r := range all {
		for in := json.NewDecoder(r.out); ; {
			var o operation
			err := in.Decode(&o)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			history = append(history, o)
		}
		require.NoError(t, r.wait())
	}
	return history
}

// requireVerdict lets porcupine judge the history. It prints sizes and verdict, and
// where the picture of a history is that is not as it should be.
func requireVerdict(t *testing.T, want porcupine.CheckResult, history []operation) {
	t.Helper()
	began := time.Now()
	verdict, info := porcupine.CheckOperationsVerbose(model, forPorcupine(history), time.Minute)
	kinds, first, last := map[string]int{}, int64(0), int64(0)
	for i, o := range history {
		kind := o.Asked.Kind
		if kind == "Save" && o.Answered.Error != "" {
			kind += " " + o.Answered.Error
		}
		kinds[kind]++
		if i == 0 || o.Call < first {
			first = o.Call
		}
		last = max(last, o.Return)
	}
	t.Logf("%s: %s: %d operations in %v, judged in %v: %v", t.Name(), verdict, len(history),
		time.Duration(last-first).Round(time.Millisecond), time.Since(began).Round(time.Millisecond), kinds)
	if verdict != want {
		picture, err := os.CreateTemp("", "history-*.html") // it outlives the test
		require.NoError(t, err)
		require.NoError(t, porcupine.Visualize(model, info, picture))
		require.NoError(t, picture.Close())
		require.Equal(t, want, verdict, "see %s", picture.Name())
	}
	require.Positive(t, kinds["Save"], "no Save succeeded")
}

// Stores with one fault each are found out, and one whose answers get lost is not taken
// for one of them.
func TestLinearizableFindsFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		store lifecycle.Store
		want  porcupine.CheckResult
	}{
		"none":                        {memstore.New(), porcupine.Ok},
		"two Saves of one base":       {&lax{Store: memstore.New(), saved: map[lifecycle.Key]int64{}}, porcupine.Illegal},
		"a Load that is late":         {&late{Store: memstore.New(), heads: map[lifecycle.Key]lifecycle.Stored{}}, porcupine.Illegal},
		"Saves whose answer was lost": {lossy{memstore.New()}, porcupine.Ok},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			history, err := callTogether(t.Context(), fault.store, 0, 2, 100, monotonic)
			require.NoError(t, err)
			verdict, _ := porcupine.CheckOperationsVerbose(model, forPorcupine(history), time.Minute)
			require.Equal(t, fault.want, verdict)
		})
	}
}

// lax says of two Saves of one base that both are done.
type lax struct {
	lifecycle.Store
	mu    sync.Mutex
	saved map[lifecycle.Key]int64 // the base of the latest Save
}

func (s *lax) Save(ctx context.Context, w lifecycle.Write) error {
	time.Sleep(time.Duration(rand.IntN(100)) * time.Microsecond) // so that others have the same base
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.Store.Save(ctx, w)
	if err == nil {
		s.saved[w.Key] = w.Base
	} else if base, known := s.saved[w.Key]; known && base == w.Base {
		return nil
	}
	return err
}

// late loads what was there before, now and then.
type late struct {
	lifecycle.Store
	mu    sync.Mutex
	heads map[lifecycle.Key]lifecycle.Stored
}

func (s *late) Load(ctx context.Context, key lifecycle.Key) (lifecycle.Stored, error) {
	stored, err := s.Store.Load(ctx, key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, known := s.heads[key]; known && rand.IntN(10) == 0 {
		return before, nil
	}
	if err == nil {
		s.heads[key] = stored
	}
	return stored, err
}

// lossy loses answers of Saves that were done, and others before they are.
type lossy struct{ lifecycle.Store }

func (s lossy) Save(ctx context.Context, w lifecycle.Write) error {
	switch rand.IntN(20) {
	case 0:
		return lifecycle.ErrUnavailable
	case 1:
		return errors.Join(s.Store.Save(ctx, w), lifecycle.ErrUnavailable)
	}
	return s.Store.Save(ctx, w)
}
