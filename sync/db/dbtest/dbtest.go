// Package dbtest gives tests of the hub both databases: a SQLite file, and a PostgreSQL
// server of their own, which ends with the test program.
package dbtest

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to make databases
)

// Each runs a test on both databases, each new and empty. at is what db.Open takes.
// Without PostgreSQL on the machine the second is skipped, and says so.
func Each(t *testing.T, run func(t *testing.T, at string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { run(t, SQLite(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { run(t, Postgres(t)) })
}

// SQLite is the path of a file that is not there yet.
func SQLite(t testing.TB) string { return filepath.Join(t.TempDir(), "hub.db") }

var databases struct {
	sync.Mutex
	server *server
	err    error
	count  int
}

// Postgres is the address of an empty database.
func Postgres(t testing.TB) string {
	t.Helper()
	databases.Lock()
	defer databases.Unlock()
	if databases.server == nil && databases.err == nil {
		databases.server, databases.err = start()
	}
	if errors.Is(databases.err, errNone) {
		t.Skip("SKIPPED: there is no PostgreSQL on this machine (apt-get install postgresql)")
	}
	if databases.err != nil {
		t.Fatal(databases.err)
	}
	databases.count++
	name := "hub" + strconv.Itoa(databases.count)
	admin, err := sql.Open("pgx", databases.server.address("postgres"))
	if err == nil {
		_, err = admin.ExecContext(t.Context(), "CREATE DATABASE "+name)
		err = errors.Join(err, admin.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return databases.server.address(name)
}

// Stop ends the server, if one was started. Call it from TestMain; without that a watcher
// ends it when the test program is gone.
func Stop() {
	databases.Lock()
	defer databases.Unlock()
	if databases.server != nil {
		databases.server.stop()
	}
}

var errNone = errors.New("there is no PostgreSQL")

type server struct {
	folder  string
	port    int
	process *exec.Cmd
}

func (s *server) address(name string) string {
	return fmt.Sprintf("postgres://hub@127.0.0.1:%d/%s?sslmode=disable", s.port, name)
}

func (s *server) stop() {
	_ = s.process.Process.Signal(syscall.SIGINT) // "fast" shutdown
	_ = s.process.Wait()
	_ = os.RemoveAll(s.folder)
}

// start makes a server with a folder of its own. PostgreSQL refuses to run as root: then
// it runs as the user that Debian's package has made.
func start() (s *server, err error) {
	binaries, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(binaries) == 0 {
		return nil, errNone
	}
	bin := binaries[len(binaries)-1]
	s = new(server)
	if s.folder, err = os.MkdirTemp("", "cubby-postgres-"); err != nil {
		return nil, err
	}
	attributes := new(syscall.SysProcAttr)
	if os.Geteuid() == 0 {
		owner, err := user.Lookup("postgres")
		if err != nil {
			return nil, errNone
		}
		uid, _ := strconv.Atoi(owner.Uid)
		gid, _ := strconv.Atoi(owner.Gid)
		attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(s.folder, uid, gid); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(s.folder, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-A", "trust", "-U", "hub", "-E", "UTF8",
		"--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attributes, s.folder
	if said, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, said)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.port = free.Addr().(*net.TCPAddr).Port
	if err := free.Close(); err != nil {
		return nil, err
	}
	s.process = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(s.port), "-k", s.folder,
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60")
	s.process.SysProcAttr, s.process.Dir = attributes, s.folder
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return nil, err
	}
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	if err := s.watch(); err != nil {
		s.stop()
		return nil, err
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		admin, err := sql.Open("pgx", s.address("postgres"))
		if err == nil {
			err = errors.Join(admin.Ping(), admin.Close())
		}
		if err == nil {
			return s, nil
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(log.Name())
			s.stop()
			return nil, fmt.Errorf("PostgreSQL has not come up: %w\n%s", err, said)
		}
	}
}

// watch has a shell end the server when this program is gone, however it ends: the shell
// waits for the end of a pipe that only this program holds.
func (s *server) watch() error {
	pipe, held, err := os.Pipe()
	if err != nil {
		return err
	}
	watcher := exec.Command("/bin/sh", "-c", `cat; kill -INT "$0" 2>/dev/null; sleep 3; rm -rf "$1"`,
		strconv.Itoa(s.process.Process.Pid), s.folder)
	watcher.Stdin = pipe
	watcher.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := watcher.Start(); err != nil {
		return err
	}
	kept = append(kept, held)
	return pipe.Close()
}

var kept []*os.File // open as long as this program runs
