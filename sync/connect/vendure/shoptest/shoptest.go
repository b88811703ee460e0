// Package shoptest gives tests a Vendure shop that runs: a process of its own, in memory.
// See shop/README.md. Tests are skipped, loudly, where it cannot run.
package shoptest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

//go:embed shop/index.js shop/package.json shop/package-lock.json shop/.npmrc
var files embed.FS

// Bounds of what is waited for.
const (
	installTime = 3 * time.Minute
	bootTime    = 2 * time.Minute
)

// A Shop runs until its test ends.
type Shop struct {
	t     testing.TB
	Admin string // address of the admin API
	shop  string // of the shop API

	mu      sync.Mutex // guards what follows
	session string     // of the administrator
}

// The administrator that the connector signs in as, who may do no more than it needs.
const (
	User     = "cubby@shop.example"
	Password = "a password of the test"
)

// The administrator that tests are.
const (
	mayAll   = "superadmin"
	password = "another password"
)

// Open starts a shop whose shipping methods and stock locations are called as the stations.
func Open(t testing.TB, stations ...string) *Shop {
	t.Helper()
	packages := install(t)
	dir := t.TempDir()
	text, err := files.ReadFile("shop/index.js")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "index.js"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	_, port, _ := net.SplitHostPort(at)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	out := &output{ready: make(chan struct{})}
	c := exec.Command("node", filepath.Join(dir, "index.js"))
	c.Dir, c.Stdout, c.Stderr = dir, out, out
	c.Env = append(os.Environ(), "VENDURE_DISABLE_TELEMETRY=true",
		"NODE_PATH="+filepath.Join(packages, "node_modules"), "PORT="+port, "PASSWORD="+password,
		"CONNECTOR_PASSWORD="+Password,
		"STATIONS="+strings.Join(stations, ","))
	ended := launch(t, c)
	t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // it keeps nothing
		<-ended
		if t.Failed() {
			t.Logf("the shop said:\n%s", out)
		}
	})
	select {
	case <-out.ready:
	case <-ended:
		t.Fatalf("the shop has ended:\n%s", out)
	case <-time.After(bootTime):
		t.Fatalf("the shop does not come up:\n%s", out)
	}
	return &Shop{t: t, Admin: "http://" + at + "/admin-api", shop: "http://" + at + "/shop-api"}
}

// launch starts a process that ends with this one, on a thread that lives until it ends:
// the kernel ends it when its thread does.
func launch(t testing.TB, c *exec.Cmd) (ended chan struct{}) {
	t.Helper()
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer close(ended)
		err := c.Start()
		started <- err
		if err == nil {
			_ = c.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	return ended
}

// output is what the shop says.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan struct{}
	once  sync.Once
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if bytes.Contains(o.text.Bytes(), []byte("ready\n")) {
		o.once.Do(func() { close(o.ready) })
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// install brings the packages to the user's cache, once for each lock file, and gives the
// folder that they are in.
func install(t testing.TB) string {
	t.Helper()
	usable(t)
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	sum := sha256.New()
	for _, name := range []string{"shop/package.json", "shop/package-lock.json"} {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(text)
	}
	parent := filepath.Join(cache, "cubby")
	dir := filepath.Join(parent, "shop-"+hex.EncodeToString(sum.Sum(nil)[:6]))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close() // ends the lock
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	half := dir + ".half"
	if err := os.RemoveAll(half); err != nil {
		t.Fatal(err)
	}
	shop, err := fs.Sub(files, "shop")
	if err == nil {
		err = os.CopyFS(half, shop)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), installTime)
	defer cancel()
	c := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit",
		"--no-fund")
	c.Dir = half
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	if said, err := c.CombinedOutput(); err != nil {
		skip(t, fmt.Sprintf("npm cannot bring its packages (%v): give this machine a registry that has "+
			"them\n%s",
			err, last(said, 600)))
	}
	if err := os.Rename(half, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func last(text []byte, most int) []byte { return text[max(0, len(text)-most):] }

// leastNode is the oldest major version of Node that Vendure runs with.
const leastNode = 20

func usable(t testing.TB) {
	t.Helper()
	const how = "install Node 20 or newer with its npm (Debian 12 has Node 18; " +
		"https://nodejs.org/en/download has newer ones)"
	said, err := exec.Command("node", "--version").Output()
	if err != nil {
		skip(t, "there is no node: "+how)
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(said)), "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < leastNode {
		skip(t, "node is "+strings.TrimSpace(string(said))+": "+how)
	}
	if _, err := exec.LookPath("npm"); err != nil {
		skip(t, "there is no npm: "+how)
	}
}

// skip says what is not proved; "make test" lists what was skipped.
func skip(t testing.TB, why string) {
	t.Helper()
	t.Skipf("SKIPPED: the connector is not tried against a shop that runs: %s", why)
}
