package core

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cubby/cmd/internal/config"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/store"
)

// asking asks a station that is served until the test ends.
type asking struct {
	t     *testing.T
	cfg   *config.Config
	token string
}

func shopAt(t *testing.T, cfg *config.Config) *asking {
	t.Helper()
	staff := served(t, cfg)
	s := &asking{t: t, cfg: cfg}
	s.until("/readyz", http.StatusOK)
	var err error
	if s.token, err = staff.AddKey(t.Context(), people.Key{
		Name: "k", Scopes: []string{"parcels:write", "parcels:read"},
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// ask gives the status and the body of an answer. There is always one.
func (s *asking) ask(method, path, body string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.cfg.Rest.Listen+path,
		strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Close = true // a connection of its own
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer.StatusCode, string(text)
}

// until asks until the status is this one; meanwhile the process lives.
func (s *asking) until(path string, status int) string {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		got, text := s.ask("GET", path, "")
		if got == status {
			return text
		}
		if alive, text := s.ask("GET", "/healthz", ""); alive != http.StatusOK {
			s.t.Fatalf("/healthz answers %d %s", alive, text)
		}
		if time.Now().After(end) {
			s.t.Fatalf("%s answers %d %s for a minute, want %d", path, got, text, status)
		}
	}
}

// atAPort is the demo's configuration with a port that is free.
func atAPort(t *testing.T) *config.Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return demo(t, "127.0.0.1:8470", l.Addr().String())
}

func TestAStationWhoseFilesAreTakenAwayStopsAndSaysSo(t *testing.T) { // alone: every request must be answered
	for _, c := range []struct {
		name       string
		take, back func(dir string) error
		idle       bool // nobody asks for anything meanwhile
		want       string
	}{
		{"the database", func(dir string) error {
			return os.Rename(filepath.Join(dir, "station.db"), filepath.Join(dir, "away"))
		},
			func(dir string) error { return os.Rename(filepath.Join(dir, "away"), filepath.Join(dir, "station.db")) },
			false, "station.db"},
		{"the whole folder, and nobody asks", func(dir string) error { return os.Rename(dir, dir+"-away") },
			func(dir string) error { return os.Rename(dir+"-away", dir) }, true, "station."},
		{"the write-ahead log, and nobody asks", func(dir string) error {
			return os.Remove(filepath.Join(dir, "station.db-wal"))
		},
			nil, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := shopAt(t, atAPort(t))
			if status, text := s.ask("PUT", "/v1/parcels/a", "{}"); status != http.StatusCreated {
				t.Fatal(status, text)
			}
			if err := c.take(s.cfg.Station.DataDir); err != nil {
				t.Fatal(err)
			}
			if !c.idle {
				if status, text := s.ask("PUT", "/v1/parcels/b", "{}"); status != http.StatusServiceUnavailable {
					t.Errorf("a parcel is taken in by a database that nobody will find: %d %s", status, text)
				}
			}
			text := s.until("/readyz", http.StatusServiceUnavailable)
			if c.back == nil {
				return
			}
			for !strings.Contains(text, c.want) { // the core is ending
				_, text = s.ask("GET", "/readyz", "")
			}
			if there, err := store.Exists(s.cfg.Station.DataDir); there || err != nil {
				t.Error("there is a new database,", err)
			}
			if status, text := s.ask("PUT", "/v1/parcels/b", "{}"); status != http.StatusServiceUnavailable {
				t.Errorf("without a database it answers %d %s", status, text)
			}
			if err := c.back(s.cfg.Station.DataDir); err != nil {
				t.Fatal(err)
			}
			s.until("/v1/parcels/a", http.StatusOK)
			s.until("/readyz", http.StatusOK)
		})
	}
}

func TestTheKeyFileIsHeldAgainstTheKeyInUse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "station.key")
	keys, err := secret.Open(path, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := sameKey(path, keys); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte{7}, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sameKey(path, keys); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("another key: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := sameKey(path, keys); err == nil {
		t.Error("a key that is gone is not missed")
	}
}

// A disk that is full ends commits, and nothing else: the address stays. The limit
// that stands for the disk holds for a whole process, so it is one of its own.
func TestAFullDiskLeavesTheEndpointItsAddress(t *testing.T) { // alone: the limit is the whole program's
	const alone = "CUBBY_TEST_FULL_DISK"
	if os.Getenv(alone) == "" {
		c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		c.Env = append(os.Environ(), alone+"=1")
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	s := shopAt(t, atAPort(t))
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	room := func(size uint64) {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: before.Max}); err != nil {
			t.Fatal(err)
		}
	}
	defer room(before.Cur)
	room(1 << 20)
	var kept []string
	failed := false
	for i := 0; !failed; i++ {
		id := fmt.Sprint("p", i)
		status, text := s.ask("PUT", "/v1/parcels/"+id, `{"recipient":{"name":"`+strings.Repeat("n", 60)+`"}}`)
		switch {
		case status == http.StatusCreated:
			kept = append(kept, id)
		case status == http.StatusServiceUnavailable:
			failed = true
		default:
			t.Fatal(status, text)
		}
	}
	for range 20 { // while the core ends, is away, and tries to come back
		if status, text := s.ask("GET", "/healthz", ""); status != http.StatusOK {
			t.Errorf("/healthz answers %d %s", status, text)
		}
		status, text := s.ask("PUT", "/v1/parcels/late", "{}")
		var said struct{ Detail string }
		if err := json.Unmarshal([]byte(text), &said); status == http.StatusServiceUnavailable &&
			(err != nil || said.Detail == "") {
			t.Errorf("it does not say why: %s, %v", text, err)
		}
		if status != http.StatusServiceUnavailable && status != http.StatusCreated {
			t.Errorf("without room it answers %d %s", status, text)
		}
	}
	room(before.Cur)
	s.until("/readyz", http.StatusOK)
	for _, id := range kept {
		if status, text := s.ask("GET", "/v1/parcels/"+id, ""); status != http.StatusOK {
			t.Fatalf("%s was taken in and is gone: %d %s", id, status, text)
		}
	}
}
