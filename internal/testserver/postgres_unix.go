//go:build unix

package testserver

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// runningPostgres is a server with the shell that watches over it.
type runningPostgres struct {
	stdin io.WriteCloser // nil when nothing runs
	ended chan struct{}
}

// watch makes the data, starts the server, and stops it when its input has a line, or
// has ended: the other end of the input is this process's, and ends with it, however
// that happens. Then the folder is removed, too.
const watch = `folder=$1 programs=$2
[ -d "$folder/data" ] || "$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync || exit
"$programs/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c max_connections=200 -c fsync=off -c full_page_writes=off &
read -r keep
kill -QUIT $!
wait $!
[ -n "$keep" ] || rm -rf "$folder"`

// end stops the server at once, and waits for it. The folder is removed unless it is
// to be kept.
func (r *runningPostgres) end(keep bool) {
	if r.stdin == nil {
		return
	}
	if keep {
		_, _ = io.WriteString(r.stdin, "keep\n")
	}
	_ = r.stdin.Close()
	<-r.ended
	r.stdin = nil
}

// startPostgres makes a folder and starts a server in it.
func startPostgres(run Exec) (*PostgresServer, error) {
	initdb, err := findInitDB()
	if err != nil {
		return nil, err
	}
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("/tmp", "shelflife-pg") // the path of a socket must be short
	if err != nil {
		return nil, err
	}
	if owner != nil {
		err = os.Chown(folder, int(owner.Uid), int(owner.Gid))
	}
	s := &PostgresServer{exec: run, folder: folder, programs: filepath.Dir(initdb), running: &runningPostgres{}}
	if err == nil {
		err = s.start()
	}
	if err != nil {
		s.running.end(false)
		_ = os.RemoveAll(folder)
		return nil, err
	}
	return s, nil
}

// start starts the server, and waits until it answers.
func (s *PostgresServer) start() error {
	owner, err := serverUser()
	if err != nil {
		return err
	}
	c := exec.CommandContext(context.Background(), "/bin/sh", "-c", watch, "sh", s.folder, s.programs)
	c.Dir = s.folder
	c.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	// An interrupt from the terminal does not reach a process group of its own.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: owner}
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	c.Stdout, c.Stderr = log, log
	stdin, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = c.Wait() // what it says is in the log
		close(ended)
	}()
	s.running.stdin, s.running.ended = stdin, ended
	if err := s.answers(ended); err != nil {
		text, _ := os.ReadFile(log.Name())
		return fmt.Errorf("PostgreSQL of %s does not answer: %w\n%s", s.programs, err, text)
	}
	return nil
}

// serverUser returns whom to run the server as, or nil for this process's user:
// PostgreSQL refuses to run as root.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // documented
	}
	var err error
	for _, name := range []string{"postgres", "nobody"} {
		var u *user.User
		if u, err = user.Lookup(name); err != nil {
			continue
		}
		var uid, gid uint64
		if uid, err = strconv.ParseUint(u.Uid, 10, 32); err != nil {
			continue
		}
		if gid, err = strconv.ParseUint(u.Gid, 10, 32); err != nil {
			continue
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("there is no user to run PostgreSQL as: %w", err)
}

// findInitDB returns the path of initdb, beside which the other programs are: that on
// PATH, else that of the newest release in the usual folders.
func findInitDB() (string, error) {
	path, err := exec.LookPath("initdb")
	if err == nil {
		return filepath.EvalSymlinks(path)
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb", "/usr/local/opt/postgresql*/bin/initdb"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return filepath.EvalSymlinks(slices.Max(found))
		}
	}
	return "", errNoPostgres
}
