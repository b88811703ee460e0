package rest_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tcp serves the bench on a loopback port until the test ends.
func tcp(b *apitest.Bench) (address string) {
	b.T.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.T.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Server.ServeTCP(ctx, l) }()
	b.T.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.T.Errorf("ServeTCP ended with %v", err)
		}
	})
	return l.Addr().String()
}

// raw sends bytes as they are and reads the first answer.
func raw(t *testing.T, address, text string) (status int, header http.Header, body string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(2 * time.Minute))
	go io.WriteString(c, text)
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, nil, err.Error()
	}
	defer answer.Body.Close()
	b, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, string(b)
}

func TestHostileRequestsOnTheWire(t *testing.T) {
	b := apitest.New(t)
	address := tcp(b)
	head := "PUT /v1/parcels/P HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b.Token +
		"\r\nContent-Type: application/json\r\n"
	for name, c := range map[string]struct {
		text   string
		status []int
	}{
		"well-formed": {head + "Content-Length: 2\r\n\r\n{}", []int{201, 200}},
		"two lengths": {head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", []int{400}},
		"a length and chunks": {head + "Content-Length: 2\r\nTransfer-Encoding: " +
			"chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", []int{400, 200, 201}},
		"a negative length":         {head + "Content-Length: -2\r\n\r\n{}", []int{400}},
		"a length beyond the bound": {head + "Content-Length: 99999999999\r\n\r\n{", []int{413}},
		"an unknown coding":         {head + "Transfer-Encoding: rot13\r\n\r\n{}", []int{501, 400}},
		"a chunk that lies":         {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", []int{400}},
		"headers beyond the bound":  {head + "X-Fill: " + strings.Repeat("x", 40<<10) + "\r\n\r\n", []int{431}},
		"no host":                   {"GET /healthz HTTP/1.1\r\n\r\n", []int{400}},
		"a line break in a header":  {head + "X-A: b\rc\r\nContent-Length: 2\r\n\r\n{}", []int{400}},
		"a zero byte in the path": {"GET /v1/parcels/%00 HTTP/1.1\r\nHost: x\r\nX-API-Key: " + b.Token +
			"\r\n\r\n", []int{404}},
		"a whole address as path":  {"GET http://other.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n", []int{200}},
		"a tunnel":                 {"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n", []int{404, 405, 400}},
		"everything of the server": {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", []int{200, 204, 404}},
		"another protocol":         {"SSH-2.0-x\r\n\r\n", []int{400}},
		"an upgrade nobody speaks": {"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: " +
			"Upgrade\r\nUpgrade: h2c\r\n\r\n", []int{200}},
		"a method with a line of its": {"GET\t/healthz HTTP/1.1\r\nHost: x\r\n\r\n", []int{400}},
	} {
		t.Run(name, func(t *testing.T) {
			status, header, body := raw(t, address, c.text)
			for _, one := range c.status {
				if one == status {
					return
				}
			}
			t.Errorf("got %d %v %s, want one of %v", status, header, body, c.status)
		})
	}
	if status, _, _ := raw(t, address, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); status != 200 {
		t.Errorf("afterwards the server answers %d", status)
	}
}

func TestABodyThatBreaksOffAnnouncesNothing(t *testing.T) {
	b := apitest.New(t)
	address := tcp(b)
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c,
		"PUT /v1/parcels/P HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: "+
			"application/json\r\nContent-Length: 50\r\n\r\n{}",
		b.Token)
	c.(*net.TCPConn).CloseWrite()
	c.SetDeadline(time.Now().Add(2 * time.Minute))
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil && answer.StatusCode != 400 {
		t.Errorf("answered %d", answer.StatusCode)
	}
	c.Close()
	again := "GET /v1/parcels/P HTTP/1.1\r\nHost: x\r\nX-API-Key: " + b.Token + "\r\n\r\n"
	if status, _, _ := raw(t, address, again); status != 404 {
		t.Errorf("the half announcement gave %d", status)
	}
}

func TestTheListenerMayBeTLS(t *testing.T) {
	certificate := httptest.NewUnstartedServer(nil) // lends its certificate only
	certificate.StartTLS()
	defer certificate.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := apitest.New(t)
	ended := make(chan error, 1)
	go func() {
		ended <- b.Server.ServeTCP(context.Background(),
			tls.NewListener(l, &tls.Config{Certificates: certificate.TLS.Certificates, MinVersion: tls.VersionTLS13}))
	}()
	answer, err := certificate.Client().Get("https://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	apitest.Want(t, answer, 200, "")
	answer.Body.Close()
	certificate.Client().CloseIdleConnections()
	b.Server.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestConnectionsAreBoundedAndComeFreeAgain(t *testing.T) {
	b := apitest.New(t, func(c *apitest.Setup) { c.MaxConnections = 2 })
	address := tcp(b)
	var idle []net.Conn
	for range 2 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Fatal(err)
		}
		idle = append(idle, c)
	}
	answered := make(chan int, 1)
	go func() {
		status, _, _ := raw(t, address, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		answered <- status
	}()
	idle[0].Close()
	if got := <-answered; got != 200 {
		t.Errorf("the third got %d", got)
	}
	idle[1].Close()
}

func TestAnOrderlyEndLetsRequestsFinishAndStreamsGo(t *testing.T) {
	b := apitest.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Server.ServeTCP(ctx, l) }()

	inside, leave := make(chan struct{}), make(chan struct{})
	b.Core.Fault = func() { close(inside); <-leave }
	put := make(chan int, 1)
	go func() {
		status, _, _ := raw(t, l.Addr().String(),
			"PUT /v1/parcels/P HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+b.Token+
				"\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
		put <- status
	}()
	poll := make(chan int, 1)
	go func() {
		status, _, _ := raw(t, l.Addr().String(),
			"GET /v1/events?wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+b.Token+"\r\n\r\n")
		poll <- status
	}()
	<-inside
	for streams(b) == 0 { // until the poll waits
		select {
		case got := <-poll:
			t.Fatalf("the poll ended with %d", got)
		default:
		}
	}
	cancel()
	if got := <-poll; got != 200 {
		t.Errorf("the poll got %d", got)
	}
	close(leave)
	if got := <-put; got != 201 {
		t.Errorf("the request under way got %d", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("the port is still open")
	}
}

// shortDir is a directory whose path leaves room for a socket's name.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cubby")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// unix serves the bench on a socket and returns a client, and an end.
func unix(b *apitest.Bench, path string) (*http.Client, func() error) {
	b.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	l, err := rest.ListenUnix(path)
	if err != nil {
		b.T.Fatal(err)
	}
	go func() { ended <- b.Server.ServeUnix(ctx, l) }()
	client := &http.Client{
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}},
	}
	for deadline := time.Now().Add(2 * time.Minute); ; {
		r, err := client.Get("http://localhost/screen/v1/view")
		if err == nil {
			r.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			b.T.Fatalf("nobody answers on the socket: %v", err)
		}
	}
	return client, func() error {
		client.CloseIdleConnections()
		cancel()
		return <-ended
	}
}

func TestTheSocketIsClosedToOthersAndGoneAfterwards(t *testing.T) {
	path := filepath.Join(shortDir(t), "core.sock")
	_, end := unix(apitest.New(t), path)
	info, err := os.Stat(path)
	if err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Errorf("the socket is %v, %v", info.Mode(), err)
	}
	if _, err := rest.ListenUnix(path); err == nil || !strings.Contains(err.Error(), "answers on") {
		t.Errorf("a second core got %v", err)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestASocketLeftByACrashIsReplacedAndOtherFilesAreNot(t *testing.T) {
	dir := shortDir(t)
	path := filepath.Join(dir, "core.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	os.Mkdir(path+"~", 0o700) // and what a crash in the middle of making one leaves
	_, end := unix(apitest.New(t), path)
	if err := end(); err != nil {
		t.Error(err)
	}

	file := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := rest.ListenUnix(file); err == nil || !strings.Contains(err.Error(), "not a socket") {
		t.Errorf("a plain file gave %v", err)
	}
	if kept, _ := os.ReadFile(file); string(kept) != "mine" {
		t.Error("the file was touched")
	}
	if _, err := rest.ListenUnix(filepath.Join(dir, strings.Repeat("x", 120))); err == nil ||
		!strings.Contains(err.Error(), "shorter") {
		t.Errorf("a long path gave %v", err)
	}
}
