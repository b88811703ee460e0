package rest_test

import (
	"bufio"
	"context"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A client is one end of a connection to a served bench, on turned time.
type client struct {
	net.Conn
	answers *bufio.Reader
}

// served serves the bench over pipes and hands out connections to it.
func served(t *testing.T, change func(*apitest.Setup), play func(b *apitest.Bench, connect func() client)) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t, change)
		l := pipes{make(chan net.Conn), make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- b.Server.ServeTCP(context.Background(), l) }()
		var all []client
		play(b, func() client {
			near, far := net.Pipe()
			l.waiting <- far
			all = append(all, client{near, bufio.NewReader(near)})
			return all[len(all)-1]
		})
		for _, c := range all {
			c.Close()
		}
		b.Server.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// ask sends a request and reads its answer.
func (c client) ask(request, key string) (status int, err error) {
	if key != "" {
		request += "X-API-Key: " + key + "\r\n"
	}
	go fmt.Fprintf(c, "%s\r\n", request)
	answer, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

const (
	askHealth = "GET /healthz HTTP/1.1\r\nHost: x\r\n"
	askDoors  = "GET /v1/compartments HTTP/1.1\r\nHost: x\r\n"
)

// open reports whether the station has not closed the connection.
func (c client) open() bool {
	c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.answers.ReadByte()
	var late net.Error
	return errors.As(err, &late) && late.Timeout()
}

func TestIdleConnectionsKeepNobodyOut(t *testing.T) {
	for name, prepare := range map[string]func(c client){
		"silent":            func(c client) {},
		"half a head":       func(c client) { go io.WriteString(c, "GET /healthz HT") },
		"a request, a rest": func(c client) { c.ask(askHealth, "") },
		"a refused key":     func(c client) { c.ask(askDoors, "0123456789abcdef-unknown") },
		"a body that never comes": func(c client) {
			go io.WriteString(c, "PUT /v1/parcels/P HTTP/1.1\r\nHost: x\r\nContent-Length: "+
				"1000\r\nContent-Type: application/json\r\n\r\n{")
		},
	} {
		t.Run(name, func(t *testing.T) {
			served(
				t,
				func(c *apitest.Setup) { c.MaxConnections = 16 },
				func(b *apitest.Bench, connect func() client) {
					known := connect()
					known.ask(askDoors, b.Token)
					var idle []client
					for range 40 {
						idle = append(idle, connect())
						prepare(idle[len(idle)-1])
						time.Sleep(10 * time.Millisecond)
					}
					began := time.Now()
					status, err := connect().ask(askDoors, b.Token)
					if took := time.Since(began); status != 200 || err != nil || took > rest.UnreadPatience {
						t.Errorf("with a key: %d, %v after %v", status, err, took)
					}
					if idle[0].open() {
						t.Error("the connection that has been idle longest is open")
					}
					if body := apitest.Want(t, b.Do("GET", "/metrics", ""), 200, ""); !strings.Contains(
						body, "\ncubby_http_connections_closed_for_others_total 26") {
						t.Error("the connections that were closed are not counted")
					}
					if status, err := known.ask(askDoors, b.Token); status != 200 || err != nil {
						t.Errorf("a connection that showed a key was closed for others that did not: %d %v",
							status, err)
					}
				},
			)
		})
	}
}

func TestOneKeysConnectionsKeepNoOtherKeyOut(t *testing.T) {
	served(
		t,
		func(c *apitest.Setup) { c.MaxConnections = 16 },
		func(b *apitest.Bench, connect func() client) {
			other := b.Core.Grant("other", "compartments:read")
			first := connect()
			first.ask(askDoors, other)
			for range 40 {
				if status, err := connect().ask(askDoors, b.Token); status != 200 || err != nil {
					t.Fatal(status, err)
				}
			}
			if status, err := first.ask(askDoors, other); status != 200 || err != nil {
				t.Errorf("the other key's connection was closed: %d %v", status, err)
			}
			if status, err := connect().ask(askHealth, ""); status != 200 || err != nil {
				t.Errorf("without a key: %d %v", status, err)
			}
		},
	)
}

func TestConnectionsThatAreAnsweredAreNotClosed(t *testing.T) {
	served(t, func(c *apitest.Setup) { c.MaxConnections = 2 }, func(b *apitest.Bench, connect func() client) {
		streams := []client{connect(), connect()}
		for _, c := range streams {
			go fmt.Fprintf(c,
				"GET /v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nX-API-Key: %s\r\n\r\n",
				b.Token)
			if answer, err := http.ReadResponse(c.answers, nil); err != nil || answer.StatusCode != 200 {
				t.Fatal(err)
			}
			go io.Copy(io.Discard, c.answers)
		}
		third := connect()
		answered := make(chan int, 1)
		go func() {
			status, _ := third.ask(askHealth, "")
			answered <- status
		}()
		time.Sleep(time.Minute)
		select {
		case status := <-answered:
			t.Fatalf("a stream was closed for the third, which got %d", status)
		default:
		}
		streams[0].Close()
		b.Core.Happen(1) // the station notices when it writes
		if status := <-answered; status != 200 {
			t.Errorf("the third got %d", status)
		}
	})
}

// TestABodyNobodyAskedForIsNotWaitedFor: the server would read it to its end before it
// answers, for as long as a body may take.
func TestABodyNobodyAskedForIsNotWaitedFor(t *testing.T) {
	served(t, func(*apitest.Setup) {}, func(b *apitest.Bench, connect func() client) {
		c := connect()
		began := time.Now()
		go io.WriteString(c,
			"PUT /v1/parcels/P HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nContent-Type: "+
				"application/json\r\n\r\n{")
		answer, err := http.ReadResponse(c.answers, nil)
		if err != nil || answer.StatusCode != 401 || time.Since(began) > rest.UnreadPatience {
			t.Errorf("got %v, %v after %v", answer, err, time.Since(began))
		}
		c = connect() // whose body is there in time keeps its connection
		body := strings.Repeat(" ", 1000)
		for range 2 {
			go fmt.Fprintf(c, "PUT /v1/parcels/P HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n%s", body)
			answer, err := http.ReadResponse(c.answers, nil)
			if err != nil || answer.StatusCode != 401 || answer.Close {
				t.Fatalf("got %+v, %v", answer, err)
			}
			io.Copy(io.Discard, answer.Body)
		}
	})
}
