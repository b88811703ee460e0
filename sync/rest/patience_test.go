package rest_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cubby/sync/api/apitest"
	"cubby/sync/rest"
	"cubby/sync/sse"
)

// pipes is a listener whose connections are pipes, so that the deadlines of a
// whole server run on turned time.
type pipes struct {
	waiting chan net.Conn
	closed  chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.waiting:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p pipes) Close() error   { close(p.closed); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// overPipe serves the bench and sends one request head; play gets the
// client's end of the connection.
func overPipe(t *testing.T, target, header string, play func(b *apitest.Bench, c net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		l := pipes{make(chan net.Conn), make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- b.Server.ServeTCP(context.Background(), l) }()
		near, far := net.Pipe()
		l.waiting <- far
		fmt.Fprintf(near, "GET %s HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\n%s\r\n", target, b.Token, header)
		play(b, near)
		near.Close()
		b.Server.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestALongPollOutlastsTheServersTimeouts(t *testing.T) {
	overPipe(t, "/v1/events?wait=60", "", func(b *apitest.Bench, c net.Conn) {
		began := time.Now()
		time.AfterFunc(59*time.Second, func() { b.Core.Happen(1) })
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil || !strings.Contains(string(body), `"id":"e-1"`) ||
			time.Since(began) != 59*time.Second {
			t.Errorf("got %s, %v after %v", body, err, time.Since(began))
		}
	})
}

func TestAStreamOutlastsTheServersTimeouts(t *testing.T) {
	overPipe(t, "/v1/events", "Accept: text/event-stream\r\n", func(b *apitest.Bench, c net.Conn) {
		time.AfterFunc(time.Hour, func() { b.Core.Happen(1) })
		began := time.Now()
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		m, err := sse.NewReader(answer.Body, 1<<20, nil).Next()
		if err != nil || m.Event != "" || !strings.Contains(string(m.Data), `"id":"e-1"`) ||
			time.Since(began) != time.Hour {
			t.Errorf("got %+v, %v after %v", m, err, time.Since(began))
		}
	})
}

func TestAReaderThatTakesNothingIsDropped(t *testing.T) {
	overPipe(t, "/v1/events", "Accept: text/event-stream\r\n", func(b *apitest.Bench, c net.Conn) {
		synctest.Wait()
		if streams(b) != 1 {
			t.Fatal("there is no stream")
		}
		time.Sleep(rest.WritePatience + time.Second)
		if streams(b) != 0 {
			t.Error("the stream still waits for its reader")
		}
	})
}

func TestAHeadThatDoesNotEndIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		l := pipes{make(chan net.Conn), make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- b.Server.ServeTCP(context.Background(), l) }()
		near, far := net.Pipe()
		l.waiting <- far
		fmt.Fprint(near, "GET /healthz HTTP/1.1\r\n")
		began := time.Now()
		io.Copy(io.Discard, near)
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("the connection was held for %v", took)
		}
		b.Server.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
